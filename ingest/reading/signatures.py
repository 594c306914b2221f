"""Digital signatures of a PDF, reported as they are: who, when, and whether bytes changed since.

Whether a signer may be trusted is not decided here: that needs the lists of certificates in force
and is for an officer.
"""

from __future__ import annotations

import io

from ingest.reading.page import Fact, FactKind

_MOST = 8


def signatures_of(content: bytes) -> list[Fact]:
    """A fact for each signature; none where the file has none or cannot be followed."""
    # Only signatures have ranges of bytes, and the library that reads them is slow to load.
    return _facts(content) if b"/ByteRange" in content else []


def _facts(content: bytes) -> list[Fact]:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.errors import SignatureValidationError

    broken = (PdfError, SignatureValidationError, ValueError, KeyError, TypeError, IndexError,
              AttributeError, NotImplementedError, RecursionError)  # fmt: skip
    try:
        found = PdfFileReader(io.BytesIO(content), strict=False).embedded_signatures[:_MOST]
    except broken:
        return [_unclear()]
    facts = []
    for signature in found:
        try:
            facts.append(_fact(signature))
        except broken:
            facts.append(_unclear())
    return facts


def _unclear() -> Fact:
    return Fact(FactKind.PDF_SIGNATURE, {"signer": "", "signed_at": "", "intact": "no",
                                         "covers": "unknown"})  # fmt: skip


def _fact(signature: object) -> Fact:
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    assert isinstance(signature, EmbeddedPdfSignature)
    signature.compute_integrity_info(skip_diff=True)  # type: ignore[no-untyped-call]
    digest_same, signed_so = validate_sig_integrity(
        signature.signer_info, signature.signer_cert, "data", signature.compute_digest()
    )
    signed_at = signature.self_reported_timestamp
    whole = signature.coverage == SignatureCoverageLevel.ENTIRE_FILE
    value = {
        "signer": str(signature.signer_cert.subject.native.get("common_name", "")),
        "signed_at": signed_at.isoformat() if signed_at else "",
        "intact": "yes" if digest_same and signed_so else "no",
        "covers": "whole" if whole else "part",
    }
    return Fact(FactKind.PDF_SIGNATURE, value)
