"""The people who owe: invented, with numbers and addresses that nobody has."""

from dataclasses import dataclass
from datetime import date, timedelta

from qinghe.dice import Dice

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚钟姜崔谭陆范汪廖石金贾夏付方邹熊白孟秦邱侯江尹薛闫段雷黎史龙陶贺顾毛郝龚邵万覃武钱戴严莫孔向常汤欧阳"
GIVEN_NAMES = (
    "伟 敏 静 磊 洋 艳 勇 军 杰 娟 涛 超 霞 平 刚 桂英 建国 秀兰 志强 海燕 晓明 丽娜 文博 子涵 浩然 雨桐 欣怡 思远 佳琪 梓萱"
    " 宇航 嘉豪 诗涵 俊杰 雪梅 春燕 国栋 玉珍 立新 红梅 建华 淑芬 志远 婷婷 鹏飞 晨曦 一鸣 若曦 云帆 慧敏 永康 冬梅 少华 巧玲"
    " 新宇 青松 丹丹 振宇 天佑 美玲 凤霞 小波 亚楠 翀 玥 堃 喆 珺 昱辰 旻 頔 翊帆 玥彤 靖堃 翀宇 彧 淼 骁 燚 垚"
).split()
TRADITIONAL_NAMES = (
    "陳嘉欣 黃志強 李穎彤 張家豪 林美鳳 吳國華 何詠詩 梁偉倫 鄭雅婷 蔡宗翰 許慧玲 楊俊賢 劉曉彤 謝文傑 郭淑儀 曾子軒 鄧麗華 馮景輝 葉倩儀"
    " 蘇建宏 潘曉琳 羅啟聰 周鳳儀 洪志偉 簡毓玲 賴冠廷 徐堃 歐陽翀 江玥 游堃霖 關穎珊 麥兆輝 龔麗娟 譚煒 余綺雯"
).split()
ENGLISH_NAMES = ("Daniel Okafor", "Maria Santos", "James Whitfield", "Priya Nair", "Anna Kowalska", "Thomas Reid")
CITIES = (
    "上海市浦东新区 杭州市西湖区 广州市天河区 成都市武侯区 武汉市江汉区 西安市雁塔区 苏州市姑苏区 长沙市岳麓区 南京市鼓楼区 重庆市渝中区"
    " 青岛市市南区 昆明市五华区 郑州市金水区 合肥市蜀山区 厦门市思明区"
).split()
TRADITIONAL_CITIES = "深圳市福田區 廣州市越秀區 珠海市香洲區 廈門市湖裡區 上海市徐匯區 東莞市南城區".split()


@dataclass(frozen=True)
class Person:
    name: str
    language: str
    id_number: str
    contact_points: tuple[tuple[str, str], ...]


def people(dice: Dice, count: int) -> list[Person]:
    """Invent people: most write simplified Chinese, 35 traditional, 6 English; no two have the same name."""
    simplified: dict[str, None] = {}
    while len(simplified) < count - len(TRADITIONAL_NAMES) - len(ENGLISH_NAMES):
        simplified[dice.one_of(SURNAMES) + dice.one_of(GIVEN_NAMES)] = None
    named = [
        *((name, "zh-Hans") for name in simplified),
        *((name, "zh-Hant") for name in TRADITIONAL_NAMES),
        *((name, "en") for name in ENGLISH_NAMES),
    ]
    return [person(number, name, language, dice) for number, (name, language) in enumerate(dice.shuffled(named), 1)]


def person(number: int, name: str, language: str, dice: Dice) -> Person:
    """Invent where a person lives and how to reach them, by numbers that nobody has: no local number begins with 0, and example.com is kept free for examples (RFC 2606)."""
    house, block, flat = dice.between(1, 998), dice.between(1, 30), dice.between(1, 24) * 100 + dice.between(1, 6)
    if language == "zh-Hant":
        postal = f"{dice.one_of(TRADITIONAL_CITIES)}示例路 {house} 號 {block} 棟 {flat} 室"
    elif language == "en":
        postal = f"Room {flat}, Block {block}, {house} Shili Road / Pudong New Area / Shanghai"
    else:
        postal = f"{dice.one_of(CITIES)}示例路 {house} 号 {block} 栋 {flat} 室"
    points = [("postal", postal), ("phone", f"+86 10 0000 {number:04}")]
    if dice.between(0, 2):
        points.append(("email", f"qh{number:04}@example.com"))
    return Person(name, language, "" if language == "en" else id_number(dice), tuple(points))


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(dice: Dice) -> str:
    """An identity number whose check digit is right (GB 11643) and whose place, 990000, doesn't exist."""
    born = date(1962, 1, 1) + timedelta(days=dice.between(0, 42 * 365))
    digits = f"990000{born:%Y%m%d}{dice.between(1, 999):03}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The last place of an identity number (GB 11643-1999, ISO 7064 MOD 11-2).

    >>> check_digit("11010519491231002")
    'X'
    """
    return "10X98765432"[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11]
