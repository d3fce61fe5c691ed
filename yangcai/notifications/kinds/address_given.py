"""确认电子邮箱: whoever gave an address is written to there, and to nobody else, before anything else is sent to it."""

from yangcai.notifications.kinds.base import Kind, kind

ADDRESS_GIVEN = kind(
    Kind(
        "address_given",
        "确认电子邮箱",
        "Confirm an e-mail address",
        title=("请确认电子邮箱", "Confirm your e-mail address"),
        text=(
            "有人在本平台登记了电子邮箱 %(case)s。是您本人的，请用邮件中的链接确认，三日内有效；"
            "确认以前不会向它发送其他通知。不是您登记的，不必理会。",
            "Somebody registered the e-mail address %(case)s here. If it was you, confirm it by the link in the letter"
            " within three days: until then nothing else is sent there. If it was not you, do nothing.",
        ),
        is_fixed=True,
        confirms=True,
    )
)
