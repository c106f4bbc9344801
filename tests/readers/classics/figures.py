"""Checked figures of the classics, with where they come from."""

PARAMETERS_AND_MACS = {
    # LeCun et al., 1998, section II.B: 60,000 free parameters; MACs: 117,600 + 150,000 + 48,000 + 10,080
    "lenet5": (60_000, 325_680),
    # 117,600 + 240,000 + 48,000 + 10,080 + 840
    "lenet5_dense": (61_706, 416_520),
    # by hand, in test_families.py
    "alexnet_original": (60_965_224, 724_406_816),
    # parameters: `num_params` of torchvision's weights; MACs: their `_ops`, exactly
    "alexnet": (61_100_840, 714_188_480),
    "vgg11": (132_863_336, 7_609_090_048),
    "vgg13": (133_047_848, 11_308_466_176),
    "vgg16": (138_357_544, 15_470_264_320),
    "vgg19": (143_667_240, 19_632_062_464),
    "googlenet": (6_624_904, 1_498_376_192),
    "inception_v3": (23_834_568, 5_713_216_096),
    "resnet18": (11_689_512, 1_814_073_344),
    "resnet34": (21_797_672, 3_663_761_408),
    "resnet50": (25_557_032, 4_089_184_256),
    "resnet101": (44_549_160, 7_801_405_440),
    "resnet152": (60_192_808, 11_513_626_624),
    "squeezenet": (1_248_424, 818_924_576),
    "squeezenet1_1": (1_235_496, 349_151_936),
    "densenet121": (7_978_856, 2_834_161_664),
    "mobilenet_v2": (3_504_872, 300_774_272),
    # the paper, table 4: 569 million, 4.2 million
    "mobilenet_v1": (4_231_976, 568_740_352),
    # by hand, in test_families.py; the padded form at 256×256
    "unet": (31_030_658, 150_428_424_448),
    "unet_padded": (31_030_658, 48_096_083_968),
    # 320 + 18,496 + 1,179,776 + 1,290; 194,688 + 10,616,832 + 1,179,648 + 1,280
    "mnist": (1_199_882, 11_992_448),
}
"""Parameters, and multiply-accumulates of one sample, of each classic at its own size."""

LEAST_SIZES = {
    "alexnet": 63,
    "vgg11": 32,
    "googlenet": 15,
    "inception_v3": 75,
    "resnet18": 1,
    "squeezenet": 21,
    "squeezenet1_1": 17,
    "densenet121": 29,
    "mobilenet_v2": 1,
}
"""The least height and width that a classic takes: those of torchvision's networks, tried one by one."""
