from ...base.tests.common import WaterCommon


class ApiCommon(WaterCommon):
    """An integration of the WeChat channel, and the interface as it calls it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine = cls.users["integration"]
        cls.machine.water_channel_ids = cls._channel("wechat")
        cls.api = cls.env["water.api"].with_user(cls.machine)

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())  # calls are counted beside the test
