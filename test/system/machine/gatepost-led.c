// A lock that the kernel knows as an LED, as dtoverlay=gpio-led,gpio=23,label=gatepost:side makes one on a Raspberry Pi:
// a device for the kernel's own leds-gpio, on line 23 of the header that gpio-sim plays.
#include <linux/err.h>
#include <linux/gpio/machine.h>
#include <linux/leds.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static struct gpiod_lookup_table header_line = {
	.dev_id = "leds-gpio",
	.table = {
		GPIO_LOOKUP_IDX("pinctrl-bcm2711", 23, NULL, 0, GPIO_ACTIVE_HIGH),
		{ }
	},
};

static const struct gpio_led leds[] = {
	{ .name = "gatepost:side", .default_state = LEDS_GPIO_DEFSTATE_OFF },
};

static const struct gpio_led_platform_data leds_data = { .num_leds = ARRAY_SIZE(leds), .leds = leds };

static struct platform_device *device;

static int __init gatepost_led_init(void)
{
	gpiod_add_lookup_table(&header_line);
	device = platform_device_register_data(NULL, "leds-gpio", PLATFORM_DEVID_NONE, &leds_data, sizeof(leds_data));
	if (!IS_ERR(device))
		return 0;
	gpiod_remove_lookup_table(&header_line);
	return PTR_ERR(device);
}

static void __exit gatepost_led_exit(void)
{
	platform_device_unregister(device);
	gpiod_remove_lookup_table(&header_line);
}

module_init(gatepost_led_init);
module_exit(gatepost_led_exit);
MODULE_DESCRIPTION("An LED on a simulated header line, for the system test");
MODULE_LICENSE("GPL");
