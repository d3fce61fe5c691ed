"""What can be wrong with a sealed bid, whose fault is it, and what follows? (SBP/1 §2.2, §2.9)

Every refusal in this package is one of these, by name: the opening record says it, and tests hold every kind of damage
to it. The consequences are the default text for the solicitation document (87号令 arts 42, 83; 令20号 arts 29-31).
"""

from dataclasses import dataclass
from enum import StrEnum


class Whose(StrEnum):
    """Who has to bear it."""

    SUPPLIER = "supplier"
    PLATFORM = "platform"
    TRUSTEE = "trustee"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Consequence:
    """What follows, in both languages."""

    zh: str
    en: str


REFUSED = Consequence("不予接收，更正后可重新递交", "not accepted; correct it and hand it in again")
REVOKED = Consequence("视为撤销投标，供应商承担", "deemed revoked, at the supplier's cost")
BY_RECOVERY = Consequence(
    "按供应商所选补救方式处理：受托人代为开启、经同意开启或视为撤销",
    "dealt with as the supplier chose: opened by trustees, opened on consent, or deemed revoked",
)
RESTORED = Consequence(
    "从副本恢复；否则供应商重新上传本人留存的密封文件，摘要与回执一致即接收；平台承担",
    "restored from a copy, else the supplier uploads the kept envelope again, accepted if its digest is the receipt's;"
    " the platform bears it",
)
SET_ASIDE = Consequence(
    "该份额作废并公布；其他份额照常使用，最多等待二十四小时",
    "that share is set aside and published; the others are used, for up to twenty-four hours",
)
WAITED = Consequence(
    "继续等待受托人，其他投标照常；逾二十四小时视为撤回，由平台赔偿",
    "waited for, other bids go on; after twenty-four hours deemed withdrawn, and the platform compensates",
)
ASKED_AGAIN = Consequence("更正后再试", "correct it and try again")


@dataclass(frozen=True)
class Fault:
    """One thing that can be wrong: its code, what it says, whose it is, what follows."""

    code: str
    zh: str
    en: str
    whose: Whose
    consequence: Consequence


class Faulty(ValueError):
    """Something is wrong: which fault, and where. `detail` is for engineers and stays in English."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        self.fault, self.detail = fault, detail
        super().__init__(f"{fault.code}: {detail or fault.en}")


#: Every fault by its code.
FAULTS: dict[str, Fault] = {}


def _fault(code: str, zh: str, en: str, whose: Whose, consequence: Consequence) -> Fault:
    FAULTS[code] = Fault(code, zh, en, whose, consequence)
    return FAULTS[code]


S, P, T, N = Whose.SUPPLIER, Whose.PLATFORM, Whose.TRUSTEE, Whose.NOBODY

POLICY_MALFORMED = _fault("policy_malformed", "开启规则格式有误", "the opening policy is malformed", P, REFUSED)
POLICY_UNSAFE = _fault(
    "policy_unsafe", "开启规则不满足安全要求", "the opening policy breaks a rule of safety", P, REFUSED
)
POLICY_SHORTENED = _fault(
    "policy_shortened",
    "开启规则的新版本只能推迟时间或延长时段",
    "a later opening policy may only postpone or lengthen",
    P,
    REFUSED,
)
POLICY_UNKNOWN = _fault(
    "policy_unknown", "密封所依据的开启规则不是公布的规则", "sealed under a policy that was not published", S, REFUSED
)
SUITE_UNKNOWN = _fault("suite_unknown", "密码套件不在允许之列", "the suite is not allowed here", S, REFUSED)
SUITE_UNAVAILABLE = _fault(
    "suite_unavailable", "本机缺少该密码套件所需的程序", "this machine lacks what the suite needs", N, ASKED_AGAIN
)
HEADER_MALFORMED = _fault("header_malformed", "密封文件头格式有误", "the header is malformed", S, REFUSED)
HEADER_MISMATCH = _fault(
    "header_mismatch",
    "密封文件头与公布的开启规则或声明不符",
    "the header does not fit the policy or the statement",
    S,
    REFUSED,
)
ENVELOPE_MALFORMED = _fault("envelope_malformed", "密封文件格式或长度有误", "the envelope is malformed", S, REFUSED)
ENVELOPE_DAMAGED = _fault(
    "envelope_damaged", "密封文件与回执摘要不符", "the envelope differs from its receipt", P, RESTORED
)
NOT_FOLLOWED = _fault(
    "not_followed",
    "密文没有在解密时限内补传，或者与声明的摘要不符",
    "the ciphertext did not follow by the end of the window for keys, or is not that of the statement",
    S,
    REVOKED,
)
FILES_REFUSED = _fault(
    "files_refused",
    "文件数量、大小或名称不符合要求",
    "the files' number, size or names are not allowed",
    S,
    ASKED_AGAIN,
)
FILE_CHANGED = _fault("file_changed", "密封期间文件被改动", "a file changed while it was being sealed", S, ASKED_AGAIN)
SHARE_INCONSISTENT = _fault(
    "share_inconsistent", "份额与其承诺不符", "a share does not match its commitment", T, SET_ASIDE
)
SUPPLIER_SHARE_INCONSISTENT = _fault(
    "supplier_share_inconsistent",
    "供应商份额与其承诺不符",
    "the supplier's share does not match its commitment",
    S,
    BY_RECOVERY,
)
WRAP_UNREADABLE = _fault("wrap_unreadable", "受托人不能解出其份额", "a trustee cannot unwrap its share", T, SET_ASIDE)
TOO_FEW_SHARES = _fault("too_few_shares", "有效份额不足", "too few valid shares", N, WAITED)
MISDEALT = _fault("misdealt", "供应商密封时分发的份额有误", "the supplier dealt the shares wrongly", S, REVOKED)
PAYLOAD_UNREADABLE = _fault(
    "payload_unreadable", "密封内容不能通过认证解密", "the payload does not decrypt as authentic", S, REVOKED
)
MANIFEST_MALFORMED = _fault("manifest_malformed", "密封清单格式有误", "the manifest is malformed", S, REVOKED)
FILE_MISMATCH = _fault("file_mismatch", "文件与清单摘要不符", "a file differs from the manifest", S, REVOKED)
PADDING_MISMATCH = _fault("padding_mismatch", "密封内容的填充有误", "the padding is wrong", S, REVOKED)
PRICE_MISMATCH = _fault("price_mismatch", "报价与截止前的承诺不符", "the price differs from its commitment", S, REVOKED)
OPENING_FILE_MALFORMED = _fault(
    "opening_file_malformed", "开启文件格式有误", "the opening file is malformed", S, BY_RECOVERY
)
OPENING_FILE_LOCKED = _fault(
    "opening_file_locked",
    "口令不正确，或文件已被改动",
    "the passphrase is wrong, or the file was changed",
    S,
    BY_RECOVERY,
)
OPENING_FILE_FOREIGN = _fault(
    "opening_file_foreign", "开启文件不属于这份投标", "the opening file belongs to another bid", S, BY_RECOVERY
)
STATEMENT_MALFORMED = _fault("statement_malformed", "声明格式有误", "the statement is malformed", S, REFUSED)
SIGNATURE_WRONG = _fault("signature_wrong", "签名无效", "the signature is not valid", S, REFUSED)
RECEIPT_MALFORMED = _fault("receipt_malformed", "回执格式有误", "the receipt is malformed", P, ASKED_AGAIN)
KEY_MALFORMED = _fault("key_malformed", "密钥或密钥文件有误", "the key or key file is malformed", N, ASKED_AGAIN)
KEY_LOCKED = _fault(
    "key_locked",
    "密钥文件的口令不正确，或文件已被改动",
    "the passphrase of the key file is wrong, or the file was changed",
    N,
    ASKED_AGAIN,
)
TOO_EARLY = _fault("too_early", "尚未到开标时间", "it is not yet time to open", N, REFUSED)
