"""Are unlawful phrases found in whatever words they come, and lawful ones left alone?"""

from collections.abc import Callable

import pytest

from yangcai.planning import phrases

FLOORS = """
最低限价 80 万元|本项目设定最低限价为80万元|最低投标限价：80万元|最 低 限 价：80万元|投标限价下限 80 万元
报价下限：80万元
最低限价：80万元；不设最高限价|本项目最低报价为 50 万元|报价不得低于80万元|投标报价不得低于预算金额的80%
投标报价低于预算的70%按无效投标处理|低于最高限价85%的报价为无效报价|成交价不得低于控制价的90%
报价不能低于最高限价的 90%
投标报价须不低于80万元|报价应大于80万元|报价不得少于60万元|投标总价不得低于人民币捌拾万元|投标报价下浮不得超过20%
下浮率不得高于 15%|优惠率不得超过10%|报价区间为80万元至100万元|报价应在80万元至100万元之间
不设最低限价，但报价不得低于80万元
报价低于80万元的无效，供应商应提交说明材料|报价不得低于80万元，并要求其书面说明
"""
NO_FLOORS = """
本项目不设最低限价|本项目不设定最低限价|采购人不得设定最低限价|没有最低限价|未设最低限价|最低限价：无
不设置任何最低限价|最低限价不设
本项目无最低限价，最高限价为100万元|质保期不得低于3年|报价不得高于最高限价|投标人不得以低于成本的价格竞标|最低评标价法
投标报价明显低于其他投标人的报价，不能证明其报价合理性的，作为无效投标处理|内存不得低于 16G|报价最低的为评标基准价
投标报价低于全部通过符合性审查供应商报价平均值50%的，启动异常低价审查|人员配置不得少于5人
投标报价超过最高限价的，投标无效
投标报价低于最高限价45%的，评标委员会应当要求其书面说明，不能说明的作无效处理
报价不得低于当地最低工资标准|对小微企业报价给予10%-20%的扣除|取得的报价不少于3家|价格分=（评标基准价/投标报价）×30
"""
SIZES = """
注册资本不低于 500 万元|注册资金500万元（含）以上|注册资本金须达500万元|具有500万元以上注册资本
实缴资本不少于100万元|净资产不低于1000万元
年营业额不低于1000万元|销售收入达到2000万元|从业人员不少于50人|员工人数不少于100人|净利润不低于100万元
近三年连续盈利|近三年无亏损
上年度纳税100万元以上|成立三年以上|成立满三年|公司成立5年以上|企业须为大型企业
"""
NO_SIZES = """
成立不足三年的，提供成立以来的财务报表|具有健全的财务会计制度|投入本项目的从业人员不少于 20 人|项目团队不少于5人
提供中小企业声明函
"""
MAKERS = """
提供生产厂家针对本项目的授权书|提供制造商授权函|原厂授权|厂家授权书|生产厂商出具的售后服务承诺函|制造商的证明文件
原厂盖章的参数证明
代理商须具有厂家代理资格
"""
NO_MAKERS = """
不要求提供生产厂家授权|提供法定代表人授权书|所投医疗器械具有生产厂家的医疗器械生产许可证|制造商的产品合格证明
要求原厂工程师服务，不接受授权代理商
"""
PLACES = """
供应商注册地须在兰州市|本地企业优先|限本市企业参加|供应商须为兰州市企业|须在本地有固定办公场所|兰州市区域内注册
仅限甘肃省内供应商
外地企业须在本地备案|投标人须为国有企业|民营企业不得参加|必须是有限责任公司|具有兰州市政府采购项目业绩
类似项目业绩单项合同金额不低于500万元
具有金额100万元以上的类似业绩|AAA级信用企业|具有守合同重信用证书|须为本单位入围供应商|纳入采购人名录库
经营范围须包含计算机销售
不限品牌，供应商须为兰州市企业|须在兰州新区设有分支机构，并提供服务承诺书|本项目不以联合体投标，供应商注册地须在兰州市
不要求提供样品，须具有AAA级信用证书|须在兰州新区设有分支机构，中标后派驻三人
"""
NO_PLACES = """
在中华人民共和国境内依法注册的法人或者其他组织|承诺中标后在项目所在地设立服务网点|具有智慧城市类似项目业绩
近三年具有类似项目业绩
中标后，须在兰州新区设有服务机构|中标人应在兰州新区设有服务网点|不得要求供应商在兰州市注册，或在兰州市设有分支机构
不限制供应商所在地|提供所在地税务机关出具的完税证明|在市场监督管理部门登记的营业执照|单位负责人为同一人的不得参加
"""
BRANDS = """
品牌：甲牌|品牌为甲牌|指定品牌|须采用甲牌|推荐品牌：甲、乙、丙|参考品牌甲牌|甲牌或同等品牌|甲品牌或相当于甲品牌|须采用日立牌电梯
品牌要求：甲
国内外知名品牌|国内一线品牌|三大品牌之一|商标为“甲”|品牌（甲、乙、丙任选其一）|限甲、乙、丙三个品牌|指定供应商甲公司
不得指定品牌。参考品牌：甲
"""
NO_BRANDS = """
不得指定品牌；所投产品的品牌由投标人填写|品牌：由投标人填写|品牌、型号：投标人填报|品牌不限
响应文件应写明品牌、规格、型号|品牌：
提供相同品牌产品的按一家计算|在采购人指定位置安装标识牌|采用不锈钢铭牌|须为同一品牌|本科或同等学历
本科或相当于本科学历|采用电子班牌|使用床头牌|制作吊牌
"""


def split(text: str) -> list[str]:
    return [one for line in text.strip().splitlines() for one in line.split("|")]


def condition(text: str) -> str:
    return phrases.scale(text) or phrases.authorisation(text) or phrases.treated_differently(text)


@pytest.mark.parametrize(
    ("find", "unlawful", "lawful"),
    [
        (phrases.floor_price, FLOORS, NO_FLOORS),
        (phrases.scale, SIZES, NO_SIZES),
        (phrases.authorisation, MAKERS, NO_MAKERS),
        (phrases.treated_differently, PLACES, NO_PLACES),
        (phrases.brand, BRANDS, NO_BRANDS),
    ],
    ids=["floor", "size", "maker", "place", "brand"],
)
def test_phrases_are_told_from_what_only_sounds_like_them(
    find: Callable[[str], str], unlawful: str, lawful: str
) -> None:
    assert [text for text in split(unlawful) if not find(text)] == []
    assert [(text, find(text)) for text in split(lawful) if find(text)] == []


def test_what_one_sentence_promises_does_not_excuse_the_next() -> None:
    assert phrases.treated_differently("承诺按期交货。供应商注册地须在兰州市")


def test_a_makers_promise_may_stand_in_a_requirement_that_is_no_condition() -> None:
    assert not phrases.authorisation("提供原厂质保承诺函", is_condition=False)
    assert phrases.authorisation("提供原厂授权书", is_condition=False)


def test_in_the_name_of_a_product_every_mark_is_a_brand() -> None:
    assert phrases.brand("甲牌服务器", is_name=True) and not phrases.brand("标识牌制作", is_name=True)
    assert not phrases.brand("智慧校园电子班牌", is_name=True) and not phrases.brand("科室牌、床头牌", is_name=True)
