"""Abbreviations that records and people write, spelled out, so that words of one find the other."""

from __future__ import annotations

import re

from knowledge.text import composed

# Only what stands for one thing wherever it is written; short and ambiguous ones are left alone.
_SPELLED = {
    "attp": "an toàn thực phẩm",
    "bhtn": "bảo hiểm thất nghiệp",
    "bhtnlđ": "bảo hiểm tai nạn lao động",
    "bhxh": "bảo hiểm xã hội",
    "bhyt": "bảo hiểm y tế",
    "bnn": "bệnh nghề nghiệp",
    "cccd": "căn cước công dân",
    "cmnd": "chứng minh nhân dân",
    "đkkd": "đăng ký kinh doanh",
    "dnbh": "doanh nghiệp bảo hiểm",
    "dncx": "doanh nghiệp chế xuất",
    "dtqg": "dự trữ quốc gia",
    "gplx": "giấy phép lái xe",
    "gpxd": "giấy phép xây dựng",
    "gtgt": "giá trị gia tăng",
    "hkd": "hộ kinh doanh",
    "kbnn": "kho bạc nhà nước",
    "kcb": "khám chữa bệnh",
    "lltp": "lý lịch tư pháp",
    "mtv": "một thành viên",
    "nhnn": "ngân hàng nhà nước",
    "nsnn": "ngân sách nhà nước",
    "nvqs": "nghĩa vụ quân sự",
    "pccc": "phòng cháy chữa cháy",
    "qsdđ": "quyền sử dụng đất",
    "tnlđ": "tai nạn lao động",
    "tncn": "thu nhập cá nhân",
    "tndn": "thu nhập doanh nghiệp",
    "tnhh": "trách nhiệm hữu hạn",
    "ttđb": "tiêu thụ đặc biệt",
    "ubnd": "ủy ban nhân dân",
    "xnk": "xuất nhập khẩu",
}
_ALL = _SPELLED | {short.replace("đ", "d"): long for short, long in _SPELLED.items()}
_WRITTEN = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(_ALL, key=len, reverse=True))})(?!\w)")


def spelled_out(text: str) -> str:
    """`text` in lower case with its abbreviations as words: "thẻ BHYT" is "thẻ bảo hiểm y tế"."""
    return _WRITTEN.sub(lambda match: _ALL[match[0]], composed(text).lower())
