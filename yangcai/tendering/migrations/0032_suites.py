from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0031_bids_at_once")]

    operations = [
        migrations.AddField(
            model_name="bidupload",
            name="envelope_sm3",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="密封文件 SM3 摘要"),
        ),
        migrations.AddField(
            model_name="trustee",
            name="sm2_wrap_key",
            field=models.TextField(
                blank=True, default="", help_text="SM2 公钥，65 字节，base64", verbose_name="国密加密公钥"
            ),
        ),
        migrations.AddField(
            model_name="trustee",
            name="sm2_signing_key",
            field=models.TextField(
                blank=True, default="", help_text="SM2 公钥，65 字节，base64", verbose_name="国密签名公钥"
            ),
        ),
        migrations.AlterField(
            model_name="signingkey",
            name="public_key",
            field=models.TextField(help_text="Ed25519 或者 SM2 公钥，base64", unique=True, verbose_name="签名公钥"),
        ),
        migrations.AddConstraint(
            model_name="trustee",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sm2_wrap_key", ""), _negated=True),
                fields=("sm2_wrap_key",),
                name="one_trustee_per_sm2_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="trustee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sm2_signing_key", ""), ("sm2_wrap_key", "")),
                    models.Q(
                        models.Q(("sm2_wrap_key", ""), _negated=True),
                        models.Q(("sm2_signing_key", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="sm2_keys_come_together",
            ),
        ),
    ]
