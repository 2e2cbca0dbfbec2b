"""Notes on dense, small, segmenting and detecting networks."""

from __future__ import annotations

from graph.templates.notes.lines import (
    TEN_CROPS,
    counted,
    layers,
    macs,
    output,
    parameters,
    top1,
    top5,
    weights,
)
from graph.templates.notes.literature import Literature, Published
from graph.values.message import say

DENSENET121 = Literature(
    "Densely connected convolutional networks",
    "Gao Huang, Zhuang Liu, Laurens van der Maaten, Kilian Weinberger",
    "CVPR 2017",
    2016,
    say(
        "Every layer of a block sees the outputs of all layers before it, joined rather than "
        "added. Features are used again, so each layer needs to add only 32 channels."
    ),
    "https://arxiv.org/abs/1608.06993",
    (
        counted("7,978,856", "torchvision"),
        layers("121"),
        output("conv1", "112×112"),
        output("denseblock1", "56×56"),
        output("transition1", "28×28"),
        output("denseblock2", "28×28"),
        output("transition2", "14×14"),
        output("denseblock3", "14×14"),
        output("transition3", "7×7"),
        output("denseblock4", "7×7"),
        top1("25.02 %"),
        top5("7.71 %"),
        top1("23.61 %", TEN_CROPS),
        top5("6.66 %", TEN_CROPS),
    ),
)

MOBILENET_V2 = Literature(
    "MobileNetV2: inverted residuals and linear bottlenecks",
    "Mark Sandler, Andrew Howard, Menglong Zhu, Andrey Zhmoginov, Liang-Chieh Chen",
    "CVPR 2018",
    2018,
    say(
        "The shortcuts join the narrow ends: 1×1 widens, a depthwise 3×3 works, 1×1 narrows "
        "again, and no activation follows, because it would destroy information there."
    ),
    "https://arxiv.org/abs/1801.04381",
    (
        parameters(
            "3.4 M",
            say("without the parameters of batch norm there are 3.47 M here, which the paper cuts"),
        ),
        macs("0.3 G"),
        output("stem", "32×112×112"),
        output("stage1", "16×112×112"),
        output("stage2", "24×56×56"),
        output("stage3", "32×28×28"),
        output("stage4", "64×14×14"),
        output("stage5", "96×14×14"),
        output("stage6", "160×7×7"),
        output("stage7", "320×7×7"),
        output("head", "1280×7×7"),
        top1("28.0 %"),
    ),
)

PIXELS_227 = say("windows of 7 in steps of 2 without padding give the paper's size from 227 pixels")
FIRES = (
    ("fire2", "128×55×55", "11,920"),
    ("fire3", "128×55×55", "12,432"),
    ("fire4", "256×55×55", "45,344"),
    ("fire5", "256×27×27", "49,440"),
    ("fire6", "384×27×27", "104,880"),
    ("fire7", "384×27×27", "111,024"),
    ("fire8", "512×27×27", "188,992"),
    ("fire9", "512×13×13", "197,184"),
)

SQUEEZENET = Literature(
    "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size",
    "Forrest Iandola, Song Han, Matthew Moskewicz, Khalid Ashraf, William Dally, Kurt Keutzer",
    "arXiv",
    2016,
    say(
        "Fire modules: a few 1×1 filters squeeze the channels before 1×1 and 3×3 filters, side "
        "by side, expand them again; images shrink late."
    ),
    "https://arxiv.org/abs/1602.07360",
    (
        parameters("1,248,424"),
        output("conv1", "96×111×111", PIXELS_227),
        weights("conv1", "14,208"),
        *(
            line
            for node, size, count in FIRES
            for line in (
                output(node, size, PIXELS_227 if size.endswith("55") else None),
                weights(node, count),
            )
        ),
        weights("conv10", "513,000"),
        top1("42.5 %"),
        top5("19.7 %"),
    ),
)

SMALLER = say("this is a smaller network, with a quarter of the channels at every size")

UNET = Literature(
    "U-Net: convolutional networks for biomedical image segmentation",
    "Olaf Ronneberger, Philipp Fischer, Thomas Brox",
    "MICCAI 2015",
    2015,
    say(
        "A mask for every pixel: one half shrinks the image to see what is there, the other "
        "grows it again, and joins at each size what the first half saw, to know where."
    ),
    "https://arxiv.org/abs/1505.04597",
    (
        Published(say("Parameters, counted from the figure"), "31 M", "parameters", SMALLER),
        Published(
            say("Input"),
            "1×572×572",
            "shape:input",
            say(
                "images are in colour here, and need no margin around them, because the "
                "convolutions are padded"
            ),
        ),
        Published(
            say("Output"),
            "2×388×388",
            "shape:output",
            say("the convolutions are padded here, so that the mask is as large as the image"),
        ),
        layers("23"),
        Published(say("Overlap with the truth, PhC-U373"), "92.03 %", "overlap"),
        Published(say("Overlap with the truth, DIC-HeLa"), "77.56 %", "overlap"),
    ),
)

YOLO_ROWS = (
    ("conv_0", "464"),
    ("conv_1", "4,672"),
    ("c3k2_2", "6,640"),
    ("conv_3", "36,992"),
    ("c3k2_4", "26,080"),
    ("conv_5", "147,712"),
    ("c3k2_6", "87,040"),
    ("conv_7", "295,424"),
    ("c3k2_8", "346,112"),
    ("sppf_9", "164,608"),
    ("c2psa_10", "249,728"),
    ("c3k2_13", "111,296"),
    ("c3k2_16", "32,096"),
    ("conv_17", "36,992"),
    ("c3k2_19", "86,720"),
    ("conv_20", "147,712"),
    ("c3k2_22", "378,880"),
    ("detect_23", "431,647"),
)
OTHER_CLASSES = say("the number of classes is another one here")

YOLO11N = Literature(
    "Ultralytics YOLO11",
    "Glenn Jocher, Jing Qiu",
    "Software, version 11.0.0",
    2024,
    say(
        "One pass finds and names all objects, on three sizes of maps and without anchor boxes. "
        "C3k2 blocks keep every intermediate result; C2PSA lets positions attend to each other."
    ),
    "https://docs.ultralytics.com/models/yolo11/",
    (
        Published(
            say("Parameters, 5 classes"),
            "2,590,815",
            "parameters",
            OTHER_CLASSES,
        ),
        Published(say("Parameters, 80 classes"), "2.6 M", "parameters", OTHER_CLASSES),
        *(weights(node, count) for node, count in YOLO_ROWS[:-1]),
        weights(*YOLO_ROWS[-1], OTHER_CLASSES),
        Published(say("Operations, a multiply and an add being two, 80 classes"), "6.5 G", "flops"),
        Published(say("Mean average precision 50-95, COCO validation"), "39.5 %", "map"),
    ),
)

NOTES = {
    "densenet121": DENSENET121,
    "mobilenet-v2": MOBILENET_V2,
    "squeezenet1-0": SQUEEZENET,
    "unet": UNET,
    "yolo11n": YOLO11N,
}
