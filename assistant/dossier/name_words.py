"""Syllables of which the names of Vietnamese people are made, in bare letters.

Recognition makes a syllable of a syllable: "Noàng" of "Hoàng", "Văm" of "Văn". That a word is
nobody's name is the one sign of such a slip, so the list is wide; what is missing from it is asked
about, never taken for another name.
"""

from __future__ import annotations

# Surnames of nearly all Vietnamese people, in bare letters.
# fmt: off
SURNAMES = frozenset([
    "nguyen", "tran", "le", "pham", "huynh", "hoang", "phan", "vu", "vo", "dang", "bui", "do",
    "ho", "ngo", "duong", "ly", "dinh", "doan", "trinh", "truong", "mai", "lam", "luong", "cao",
    "ta", "dao", "ha", "quach", "la", "chu", "thai", "to", "luu", "phung", "tong", "trieu",
    "kieu", "vuong", "tang", "nghiem", "quan", "mac", "bach", "chau", "luc", "giap", "ung", "vi",
    "vien", "dam", "hua", "thach", "son", "lo", "lu", "ma", "nong", "hoa", "ninh", "khuat",
    "diep", "au", "tieu", "tu", "trang", "van", "phi", "thieu", "kim", "khong", "nhu", "nhan",
    "ngan", "giang", "be", "dieu", "ksor", "y",
])
_GIVEN = frozenset([
    "ai", "an", "anh", "ban", "bang", "bao", "be", "bich", "bien", "binh", "boi", "bon", "ca",
    "cam", "can", "canh", "cat", "chan", "chanh", "chau", "chi", "chien", "chinh", "chung",
    "chuong", "chuyen", "cong", "cu", "cuc", "cuong", "da", "dai", "dan", "dang", "danh", "dao",
    "dat", "dau", "de", "diem", "dien", "diep", "dieu", "dinh", "do", "doan", "doanh", "don",
    "dong", "du", "duc", "dung", "duong", "duy", "duyen", "duyet", "em", "gai", "gam", "gia",
    "giam", "giang", "giao", "giap", "ha", "hai", "ham", "han", "hang", "hanh", "hao", "hau",
    "hien", "hiep", "hieu", "ho", "hoa", "hoach", "hoai", "hoan", "hoang", "hoat", "hoc", "hoe",
    "hoi", "hong", "hop", "hue", "hung", "huong", "huu", "huy", "huyen", "huynh", "ich", "ket",
    "kha", "khai", "khang", "khanh", "khiem", "khoa", "khoan", "khoat", "khoi", "khue", "khuong",
    "khuyen", "kiem", "kien", "kiet", "kieu", "kim", "ky", "la", "lac", "lai", "lam", "lan",
    "lang", "lanh", "lap", "lau", "le", "len", "lich", "liem", "lien", "lieu", "linh", "loan",
    "loc", "loi", "long", "lua", "luan", "luat", "luc", "luong", "luu", "luyen", "ly", "mai",
    "man", "manh", "mao", "mau", "may", "men", "mien", "minh", "mo", "mong", "muoi", "my", "na",
    "nam", "nang", "nga", "ngan", "nghi", "nghia", "nghiem", "nghiep", "ngo", "ngoan", "ngoc",
    "ngon", "ngu", "nguyen", "nguyet", "nha", "nhac", "nhai", "nham", "nhan", "nhat", "nhi",
    "nhiem", "nhien", "nho", "nhon", "nhu", "nhuan", "nhung", "nhuong", "nhut", "ni", "niem",
    "ninh", "non", "nu", "nuong", "oanh", "phac", "pham", "phan", "phap", "phat", "phi", "phien",
    "phin", "phon", "phong", "phu", "phuc", "phung", "phuoc", "phuong", "qua", "quan", "quang",
    "que", "quoc", "quy", "quyen", "quyet", "quynh", "rang", "sa", "sac", "sam", "san", "sang",
    "sao", "sau", "sen", "si", "sinh", "soan", "son", "song", "sung", "suong", "suu", "sy", "ta",
    "tai", "tam", "tan", "tang", "tao", "tham", "than", "thang", "thanh", "thao", "thap", "that",
    "the", "theu", "thi", "thich", "thien", "thiep", "thiet", "thieu", "thinh", "tho", "thoa",
    "thoai", "thoan", "thom", "thong", "thu", "thua", "thuan", "thuat", "thuc", "thung", "thuong",
    "thuy", "thuyen", "thuyet", "tich", "tien", "tiep", "tin", "tinh", "to", "toai", "toan",
    "toi", "ton", "tra", "trac", "trai", "tram", "tran", "trang", "tri", "triet", "trieu",
    "trinh", "tro", "trong", "tru", "truc", "trung", "truong", "truyen", "tu", "tua", "tuan",
    "tue", "tung", "tuong", "tuu", "tuyen", "tuyet", "ty", "uc", "ung", "uoc", "uong", "ut", "uy",
    "uyen", "van", "vang", "ve", "vi", "vien", "viet", "vinh", "vong", "vu", "vui", "vuong",
    "vuot", "vy", "xa", "xinh", "xuan", "xuong", "xuyen", "y", "yen", "yet",
])
# fmt: on


def is_name_word(letters: str) -> bool:
    """Whether folded letters are a usual part of a person's name."""
    return letters in _GIVEN or letters in SURNAMES
