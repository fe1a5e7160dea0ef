"""What a certificate says of itself."""

import pytest

from vibronic.certificate import Certificate


@pytest.mark.parametrize(
    ("reached", "told"), [(3.1e-2, "3.10e-02"), (4e-2, "4e-02"), (0.3, "3e-01")]
)
def test_a_failure_never_reads_like_a_success(reached, told):
    text = str(Certificate(3e-2, reached, 10))
    assert f"an error of {told} is left (asked 3e-02)" in text
