"""Which phrases of a text may stand in no purchase: a floor price, a condition that keeps suppliers out, a brand?

Only what is evident is found, for whoever writes it is refused: the rest is for people to review (`checks.yaml`).
A text is read sentence by sentence, so that what one says does not excuse another; spaces within Chinese and the widths
of signs make no difference."""

import re
import unicodedata
from collections.abc import Iterator, Set

from yangcai.planning import designations, english_floors
from yangcai.planning.quoting import NOTHING, Hit, blanked, hit

#: At what a sentence ends, and at what a part of it does.
_SENTENCE = re.compile(r"[。;!?\n\r]+")
_PART = r"[^,;。]"
_MORE = r"(?:不低于|不少于|不小于|大于|超过|达到?|以上(?!一?年[度末])|≥|>)"
_NUMBER = r"[\d,.]*\d"
_LISTED = ("或", "和", "及", "也", "以及", "并不", "、")
_NOT = r"不|未|无|没有|不得|禁止|严禁|不能|不再|取消|不应|不可"


def _parts(sentence: str) -> list[tuple[int, str]]:
    """Where each part of a sentence begins, and its words; what is only listed belongs to the part before."""
    found: list[tuple[int, str]] = []
    at = 0
    for part in sentence.split(","):
        if found and part.startswith(_LISTED):
            found[-1] = (found[-1][0], f"{found[-1][1]},{part}")
        else:
            found.append((at, part))
        at += len(part) + 1
    return found


def _around(found: re.Match[str]) -> str:
    """The part of its sentence in which a hit stands: what excuses it stands there, and nowhere else."""
    return next(part for at, part in reversed(_parts(found.string)) if at <= found.start())


def sentences(text: str) -> list[str]:
    """The sentences of a text in one way of writing: signs of one width, no spaces beside Chinese signs."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"(?<=[^\x00-\x7f])[ \t]+|[ \t]+(?=[^\x00-\x7f])", "", plain)
    return [one for one in _SENTENCE.split(plain) if one.strip()]


# --- a floor price (87号令 art. 12) ----------------------------------------------------------------------------------

_FLOOR_WORD = re.compile(r"最低(?:投标|报价|响应|成交)?限价|(?:投标|报价)?限价下限|报价下限|价格下限")
#: The sentence that there is none.
_NO_FLOOR = re.compile(
    rf"(?:{_NOT})(?:设定?|设[置立]|规定|任何|另行?|再|有|允许|、|和|或者?){{0,4}}(?:最低(?:投标|报价|响应|成交)?限价|报价下限)"
    r"|(?:最低(?:投标|报价|响应|成交)?限价|报价下限)(?:[:为]?(?:无|不设|未设|/|-{1,2}|—+)|不(?:作|予)?(?:设|限))"
)
_OFFERED = r"(?:报价|投标价格?|投标总价|响应价格?|成交价格?|中标价格?|总报价)"
_AMOUNT = (
    rf"(?:人民币|¥|￥)?(?:{_NUMBER}(?:万|亿)?(?:元|%)|{_NUMBER}万|[壹贰叁肆伍陆柒捌玖拾佰仟零]{{2,}}"
    r"|(?:采购)?预算|最高限价|控制价|招标控制价|拦标价|标底|概算)"
)
#: An offer that may not be lower than an amount: said of the amount, or of what happens to a lower one.
_NOT_LOWER = re.compile(
    rf"{_OFFERED}{_PART}{{0,6}}(?:(?:不得|不能|不应当?|不可|须|应当?|必须)?(?:不)?(?:低于|少于|小于)|(?:须|应当?|必须)(?:大于|高于))"
    rf"(?:等于)?{_AMOUNT}"
)
_LOWER = re.compile(rf"低于{_AMOUNT}")
_IS_INVALID = re.compile(r"无效|否决|不予(?:接受|受理|评审)|拒绝|不得(?:成交|中标)")
_CEILING_ON_DISCOUNT = re.compile(
    rf"(?:下浮率?|下浮幅度|优惠率|让利率?|降价幅度){_PART}{{0,4}}(?:不得|不能|不应|不可)(?:高于|超过|大于)"
)
_BETWEEN = re.compile(rf"{_OFFERED}[^,;。\d]{{0,8}}{_NUMBER}(?:万?元|%)?(?:至|到|—+|-|~|～){_NUMBER}(?:万?元|%)")
_LOWEST_IS = re.compile(rf"最低(?:投标)?报价[为是:]?(?:人民币|¥)?{_NUMBER}万?元")
#: What is no floor: the law's own test of low prices (87号令 art. 60), a price below cost, a wage that is due.
_LAWFUL_LOW = re.compile(r"明显低于|异常低价|合理性|平均|次低|其他(?:投标|供应|响应)|成本|工资|低于(?:全部|其他)|扣除")
#: Nor what only has a low price explained, and is invalid where nobody explains it.
_IS_ASKED_WHY = re.compile(r"要求其[^,]{0,10}(?:说明|解释)|不能(?:作出)?(?:合理)?(?:说明|解释)")


def floor_price(text: str) -> Hit:
    """The words that set a lowest price; empty without."""
    for one in sentences(text):
        said = blanked(_NO_FLOOR, one)
        if found := _FLOOR_WORD.search(said) or _LOWEST_IS.search(said) or _CEILING_ON_DISCOUNT.search(said):
            return hit(found, sentence=one)
        if english := english_floors.floor_price(one):
            return english
        if _LAWFUL_LOW.search(said):
            continue
        if found := _BETWEEN.search(said):
            return hit(found, sentence=one)
        is_invalid = _IS_INVALID.search(said) and not _IS_ASKED_WHY.search(said)
        found = _NOT_LOWER.search(said)
        if found and ("不" in found.group(0) or re.search(r"[应须]", found.group(0)) or is_invalid):
            return hit(found, sentence=one)
        found = _LOWER.search(said)
        if found and re.search(_OFFERED, said) and is_invalid:
            return hit(found, sentence=one)
    return NOTHING


# --- the size or age of an enterprise, its maker's authorisation (87号令 art. 17) -------------------------------------

_SIZE = (
    r"(注册资本金?|注册资金|实缴资本|资产总额|总资产|净资产|营业收入|营业额|销售收入|销售额|从业人员|员工(?:总?人数|总数)"
    r"|职工(?:总?人数|总数)|净?利润|纳税额|成立年限|成立时间|经营年限)"
)
_SCALE = re.compile(
    rf"{_SIZE}[^,]{{0,16}}{_MORE}"
    r"|(成立)(?:已?满|超过|不少于)[^,]{0,4}年"
    r"|(成立)[^,不]{1,4}年(?:\(含\))?及?以上(?!的,?(?:须|应)?提供)"
    rf"|{_NUMBER}万?元(?:\(含\))?以上的?(注册资本|注册资金|资产总额|净资产|营业收入|利润|纳税)"
    rf"|(纳税)[^,]{{0,4}}{_NUMBER}万?元(?:及?以上)"
    r"|(连续[^,]{0,4}(?:盈利|不亏损)|(?:近|最近|连续)[^,]{1,4}年[^,]{0,3}(?:盈利|无亏损|未亏损|不亏损))"
    r"|(?:须|应当?|必须|限|仅限|只接受)[^,不]{0,6}(大型企业|规模以上企业|上市公司)"
)
#: People who are to do the work, as the contract needs; and the form on which an enterprise declares its size.
_STAFF = re.compile(r"填[写报]|声明函|投入|配备|派驻|拟派|团队|为本项目|本项目[^,]{0,4}(?:人员|员工)|服务人员")
_MAKER = r"(生产厂[家商]|生产企业|生产商|制造厂[家商]|制造商|原厂商?|厂[商家])"
_AUTHORISATION = re.compile(
    rf"{_MAKER}[^,]{{0,14}}?(授权|背书|承诺|盖章|代理资格|代理证|经销资格|(?<!合格)(?<!资质)证明)(?!代表)"
)
_AUTHORISED = re.compile(rf"{_MAKER}[^,]{{0,14}}?(?:授权(?!代表)|背书|代理资格|代理证|经销资格)")
_NOT_WANTED = re.compile(r"(?:不要求|无需|无须|不需要?|不得要求|不再要求|不必)")


def scale(text: str) -> Hit:
    """The words that make size or age count; empty without."""
    for one in sentences(text):
        for found in _SCALE.finditer(one):
            group = found.lastindex or 0
            if found[group].startswith(("从业人员", "员工", "职工")) and _STAFF.search(one):
                continue
            return hit(found, sentence=one)
    return NOTHING


def authorisation(text: str, *, is_condition: bool = True) -> Hit:
    """The words that ask for a maker's authorisation, promise, proof or endorsement; empty without. What is no
    condition of taking part may rest on what a maker proves or promises, but not on whom it authorises."""
    asked = _AUTHORISATION if is_condition else _AUTHORISED
    for one in sentences(text):
        found = asked.search(one)
        if found and not _NOT_WANTED.search(one[: found.start()]) and "中小企业" not in one:
            return hit(found, sentence=one)
    return NOTHING


# --- where a supplier is at home, what form it has, whose record counts (条例 art. 20) --------------------------------

_PROVINCES = (
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州"
    "|云南|西藏|陕西|甘肃|青海|宁夏|新疆|兰州新区|兰州"
)
#: Somewhere in particular, and not the whole country.
_HERE = rf"(?:[本我][省市区县州地]|当地|项目所在地|(?:{_PROVINCES})(?:省|市|新区)?|[一-龥]{{1,8}}(?:省|市|区|县|州))"
_OWN = rf"(?:[本我][省市区县州地]|当地|项目所在地|(?:{_PROVINCES})(?:省|市|新区)?)"
_BUSINESS = r"(?:企业|供应商|投标人|公司|单位|厂家)"
_ELSEWHERE = (
    rf"(?:注册地|住所地?|所在地|注册|总部)址?[须应必需要当求限仅]*(?:在|为|于|位于|是){_HERE}",
    rf"(?:在|为){_HERE}(?:行政区域|范围)?(?:以?内|境内)?(?:依法)?(?:注册|登记|设立)",
    rf"{_OWN}(?:行政)?(?:区域|范围|辖区)?内(?:依法)?(?:注册|登记)",
    rf"{_HERE}[^,]{{0,6}}(?:设有|具有|拥有|设立有?|有固定的?)[^,]{{0,10}}"
    r"(?:分支机构|分公司|办事处|服务机构|服务网点|办公场所)",
    rf"(?:限|仅限|只限|只接受|仅接受|须为|应为|必须为|必须是|应当为)[^,不]{{0,3}}{_OWN}(?:内|的|范围内)?{_BUSINESS}",
    rf"(?:本[地省市区县]|当地){_BUSINESS}[^,]{{0,4}}(?:优先|加分|得\d)",
    rf"外[地省市]{_BUSINESS}[^,]{{0,6}}(?:不得|不接受|不予|须|应|需)",
    r"(?:须|应当?|必须|仅限|要求|只接受)[为是]?(?:国有|国企|央企|民营|内资|外资|集体|股份有限公司|有限责任公司)",
    r"(?:必须|应当|只能)是(?:国有|国企|央企|内资|有限责任公司|股份有限公司)",
    r"(?:民营|私营|外资|外商投资|个体)[^,]{0,5}(?:不得(?:参加|参与|投标)|不予接受|谢绝)",
    r"(?<!不得)(?:不接受|谢绝|拒绝)[^,]{0,2}(?:民营|私营|外资|外商投资)",
    rf"(?:[本我][省市区县州地]|(?<!城)[省市区县州]内|(?:{_PROVINCES})(?:省|市|新区)?)[^,]{{0,10}}(?:业绩|奖项|获奖)",
)
_TREATED_DIFFERENTLY = re.compile("|".join(_ELSEWHERE))
#: What a supplier promises to do once it has won.
_AFTERWARDS = re.compile(r"中标后|成交后|签订后|中标人|成交供应商")
_PROMISED = re.compile(r"承诺")
_FREE = re.compile(r"不限制?|不要求|不得(?:要求|限定|限制)|不以")
#: What says as little about the contract: a rating, a title, a list, a scope of business, the amount of earlier ones.
_UNRELATED = re.compile(
    r"AAA级?(?:信用|资信|企业|证书)|信用[^,]{0,4}AAA|守合同重信用|重合同守信用"
    r"|(?:进入|纳入|列入|入选|属于|须为|应为|必须为|须在)[^,不]{0,8}(?:备选库|名录库|资格库|供应商库|入围供应商)"
    r"|经营范围[^,]{0,6}(?:须|应当?|必须|包[含括]|涵盖)"
    rf"|业绩[^,]{{0,12}}(?:金额|合同额)[^,]{{0,8}}{_MORE}"
    rf"|(?:金额|合同额)[^,]{{0,6}}{_MORE}[^,]{{0,14}}业绩|(?:金额|合同额)[^,]{{0,3}}{_NUMBER}万?元(?:\(含\))?(?:及?以上)[^,]{{0,10}}业绩"
)


def treated_differently(text: str, *, allowed: Set[str] = frozenset()) -> Hit:
    """The words by which place, form, a region's record or what has nothing to do with the contract counts. `allowed`:
    sentences that somebody let stand (rules/sentences.py)."""
    for one in sentences(text):
        if one in allowed:
            continue
        for found in _TREATED_DIFFERENTLY.finditer(one):
            is_promise = _AFTERWARDS.search(one[: found.end()]) or _PROMISED.search(_around(found))
            if not is_promise and not _FREE.search(_around(found)):
                return hit(found, sentence=one)
        for found in _UNRELATED.finditer(one):
            if not _FREE.search(_around(found)):
                return hit(found, sentence=one)
    return NOTHING


# --- a brand (条例 art. 20(6); 74号令 art. 10), an import (财办库〔2008〕248号) ----------------------------------

_ASKED = r"(?<!不)(?<!不得)(?<!未)(?<!不再)(?:指定|限定|必须为|仅限|要求采用|必须采用)"
#: Signs and plates are no brands.
_MARK = (
    r"(?<![标识门车招路站胸桌铭工示告挂传介金奖灯横号字名令王品班吊水层室引向展腰腕座席位])(?<!床头)"
    r"牌(?![照匾坊楼位面])"
)
_ITS_OWN = r"(?:由|投标|供应商|响应|自行|不限|无|/|_|—|-|填|\(|所投|具体|任意|均可|以)"
_BRANDS = (
    rf"{_ASKED}[^,]{{0,10}}品牌",
    r"(?<!不设)(?<!不)(?:推荐|参考|建议|备选|可选|首选)[^,]{0,4}品牌",
    r"(?:品牌|商标)(?:要求|名称|选用)?(?:[为:]|选用)[\"“‘「]?(?!(?:投标|供应商)?"
    + _ITS_OWN
    + r")(?!同一|相同|自有)[^,;。\s\"”]{1,20}",
    r"品牌\((?!(?:由|投标|供应商|填|如|不限|不得|含))[^)]{1,20}\)",
    r"(?:国内外?|国际|业内|行业)?(?:知名|一线|著名|名优)品牌|[两二三四五六七八九十\d]大品牌",
    r"或(?:者)?(?:同等|相当于?|同档次|同类)(?:的)?(?:品牌|档次)|或相当于(?![^,]{0,6}(?:学历|学位|职称|水平|资格|等级|专业|经验|标准))[^,]{1,10}",
    rf"(?:采用|选用|使用|须为|必须为|应为|限){_PART}{{1,8}}?{_MARK}",
    r"(?<!不得)(?:采用|选用|须为|必须为|应为)(?!同|相同|自|所|不同|其|多|任|各|原|进口|国产)[^,不]{1,8}品牌",
    r"(?:限|限于|从)[^,不]{1,12}[两二三四五几]个品牌",
    r"(?<!不)(?<!不得)(?<!未)(?<!禁止)(?:指定|限定)供应商(?!的)",
)
_BRAND = re.compile("|".join(_BRANDS))
#: A name is a text of its own: in one of a product every mark is a brand.
_BRAND_IN_NAME = re.compile(rf"{_PART}{{1,8}}{_MARK}")
#: The sentence that no brand is meant, or that a bidder names its own.
_NO_BRAND = re.compile(
    r"(?:不得?|未|不再|禁止|严禁|没有)(?:要求|指定|限定|标明|限制|含有|出现|特定|以)[^,]{0,8}(?:品牌|商标|供应商)"
)
_IMPORTED = re.compile(
    r"(?<!不)(?:(?:必须|仅限|限于)(?:为|是|采用|使用|提供)?|(?:应当|须|要求)(?:为|是|采用|使用))(?:原装)?进口"
)


def brand(text: str, *, is_name: bool = False, is_stated: bool = False, allowed: Set[str] = frozenset()) -> Hit:
    """The words that ask for a brand or state one; `is_name`: the text is the name of a product; `is_stated`: it may
    not even state one (74号令 art. 10). Empty without. `allowed` as above."""
    for one in sentences(text):
        if one in allowed:
            continue
        said = blanked(_NO_BRAND, one)
        if found := _BRAND.search(said) or (_BRAND_IN_NAME.search(said) if is_name else None):
            return hit(found, sentence=one)
        if named := designations.designated(one, is_name=is_name, is_stated=is_stated):
            return named
    return NOTHING


def doubtful(text: str, *, is_name: bool = False, allowed: Set[str] = frozenset()) -> Iterator[tuple[str, Hit]]:
    """(reason, words) of what may point to one product, sentence by sentence; nothing of one that is refused anyway."""
    for one in sentences(text):
        if one not in allowed and not brand(one, is_name=is_name):
            yield from designations.doubtful(one, is_name=is_name)


def imported(text: str) -> Hit:
    """The words that want a product to be imported; empty without."""
    found = ((one, _IMPORTED.search(one)) for one in sentences(text))
    return next((hit(match, sentence=one) for one, match in found if match), NOTHING)
