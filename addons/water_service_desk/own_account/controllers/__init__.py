from . import own_account, sign_in
