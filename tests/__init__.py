import pytest

pytest.register_assert_rewrite("tests.remote_contract")
