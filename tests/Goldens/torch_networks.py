"""The networks of MiniGrad's catalogue in PyTorch, with the parameter names of their homes; make_catalog.py runs them.

`blur` is None, or the width of the low-pass filter of the anti-aliased variant (Zhang, arXiv:1904.11486): whatever
strides is evaluated densely, filtered, and subsampled. The first convolution of a network stays as it is.
"""

import torch
import torch.nn.functional as F
from torch import nn


class BlurPool(nn.Module):
    """Every second pixel after a binomial filter; the border is reflected, the odd pixel of padding comes after."""

    def __init__(self, width):
        super().__init__()
        self.before, self.after = (width - 1) // 2, width // 2
        row = torch.ones(1, dtype=torch.float64)
        for _ in range(width - 1):
            row = F.pad(row, (0, 1)) + F.pad(row, (1, 0))
        self.kernel = torch.outer(row, row) / row.sum() ** 2

    def forward(self, x):
        x = F.pad(x, (self.before, self.after, self.before, self.after), mode="reflect")
        kernel = self.kernel.to(x.dtype).repeat(x.shape[1], 1, 1, 1)
        return F.conv2d(x, kernel, stride=2, groups=x.shape[1])


def subsample(stride, blur):
    """The stride that is left to a convolution, and what then comes before its successor."""
    return (1, BlurPool(blur)) if blur and stride == 2 else (stride, nn.Identity())


def max_pool(kernel, padding=0, ceil=False, blur=None):
    if blur is None:
        return nn.MaxPool2d(kernel, 2, padding, ceil_mode=ceil)
    return nn.Sequential(nn.MaxPool2d(kernel, 1, padding), BlurPool(blur))


def conv(inputs, outputs, kernel=3, stride=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)


def global_average(x):
    return x.mean((2, 3))


class ProjectedShortcut(nn.Sequential):
    """A strided 1 x 1 convolution and, unless told otherwise, a norm: parameters 0 and 1."""

    def __init__(self, inputs, outputs, stride, blur, norm=True):
        stride, blurred = subsample(stride, blur)
        layers = [conv(inputs, outputs, 1, stride)] + [nn.BatchNorm2d(outputs)] * norm
        super().__init__(*layers)
        self.before = [blurred]    # in a list, so that it is no child and forward is free to run it first

    def forward(self, x):
        return super().forward(self.before[0](x))


class PaddedShortcut(nn.Module):
    """Option A of He et al., arXiv:1512.03385: every second pixel, and new channels of zeros on both sides."""

    def __init__(self, inputs, outputs, stride, blur):
        super().__init__()
        self.pad, self.blur = outputs // 4, BlurPool(blur) if blur else None

    def forward(self, x):
        x = self.blur(x) if self.blur else x[:, :, ::2, ::2]
        return F.pad(x, (0, 0, 0, 0, self.pad, self.pad))


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inputs, width, stride, blur, shortcut, name):
        super().__init__()
        self.name = name
        own, self.blurred = subsample(stride, blur)
        self.conv1, self.bn1 = conv(inputs, width, 3, own), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = conv(width, width), nn.BatchNorm2d(width)
        if stride != 1 or inputs != width:
            setattr(self, name, shortcut(inputs, width, stride, blur))

    def forward(self, x):
        y = self.blurred(F.relu(self.bn1(self.conv1(x))))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (getattr(self, self.name)(x) if hasattr(self, self.name) else x))


class Bottleneck(nn.Module):
    """torchvision's: the stride is at the 3 x 3 convolution."""
    expansion, per_64 = 4, 64

    def __init__(self, inputs, width, stride, blur, shortcut, name):
        super().__init__()
        inner, outputs = width * self.per_64 // 64, width * self.expansion
        own, self.blurred = subsample(stride, blur)
        self.conv1, self.bn1 = conv(inputs, inner, 1), nn.BatchNorm2d(inner)
        self.conv2, self.bn2 = conv(inner, inner, 3, own), nn.BatchNorm2d(inner)
        self.conv3, self.bn3 = conv(inner, outputs, 1), nn.BatchNorm2d(outputs)
        if stride != 1 or inputs != outputs:
            self.downsample = shortcut(inputs, outputs, stride, blur)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.blurred(F.relu(self.bn2(self.conv2(y))))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


class WideBottleneck(Bottleneck):
    per_64 = 128


class PreActBlock(nn.Module):
    """kuangliu's: the shortcut is a bare convolution of the activated input."""
    expansion = 1

    def __init__(self, inputs, width, stride, blur, shortcut, name):
        super().__init__()
        own, self.blurred = subsample(stride, blur)
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, width, 3, own)
        self.bn2, self.conv2 = nn.BatchNorm2d(width), conv(width, width)
        if stride != 1 or inputs != width:
            self.shortcut = ProjectedShortcut(inputs, width, stride, blur, norm=False)

    def forward(self, x):
        y = F.relu(self.bn1(x))
        shortcut = self.shortcut(y) if hasattr(self, "shortcut") else x
        y = self.conv1(y)
        return self.conv2(self.blurred(F.relu(self.bn2(y)))) + shortcut


class ResNet(nn.Module):
    def __init__(self, block, depths, widths, classes, blur, shortcut=ProjectedShortcut, name="downsample",
                 channels=3, imagenet=False, stem_norm=True, head="fc"):
        super().__init__()
        self.head, self.stages = head, len(depths)
        self.conv1 = nn.Conv2d(channels, 64, 7, 2, 3, bias=False) if imagenet else conv(channels, widths[0])
        self.bn1 = nn.BatchNorm2d(widths[0]) if stem_norm else None
        self.pool = max_pool(3, padding=1, blur=blur) if imagenet else None
        inputs = widths[0]
        for stage, (depth, width) in enumerate(zip(depths, widths)):
            blocks = []
            for index in range(depth):
                stride = 2 if stage > 0 and index == 0 else 1
                blocks.append(block(inputs, width, stride, blur, shortcut, name))
                inputs = width * block.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        setattr(self, head, nn.Linear(inputs, classes))

    def forward(self, x):
        x = self.conv1(x)
        x = F.relu(self.bn1(x)) if self.bn1 else x
        x = self.pool(x) if self.pool else x
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return getattr(self, self.head)(global_average(x))


class WideBlock(nn.Module):
    """RobustBench's: where the widths differ, the activated input feeds the shortcut too."""

    def __init__(self, inputs, width, stride, blur):
        super().__init__()
        own, self.blurred = subsample(stride, blur)
        self.before = [subsample(stride, blur)[1]]
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, width, 3, own)
        self.bn2, self.conv2 = nn.BatchNorm2d(width), conv(width, width)
        self.convShortcut = None if inputs == width else conv(inputs, width, 1, own)

    def forward(self, x):
        y = F.relu(self.bn1(x))
        shortcut = x if self.convShortcut is None else self.convShortcut(self.before[0](y))
        y = self.blurred(F.relu(self.bn2(self.conv1(y))))
        return shortcut + self.conv2(y)


class WideStage(nn.Module):
    def __init__(self, inputs, width, depth, stride, blur):
        super().__init__()
        self.layer = nn.Sequential(*[WideBlock(width if i else inputs, width, 1 if i else stride, blur) for i in range(depth)])

    def forward(self, x):
        return self.layer(x)


class WideResNet(nn.Module):
    def __init__(self, depth, factor, classes, blur):
        super().__init__()
        self.conv1 = conv(3, 16)
        inputs = 16
        for stage, width in enumerate((16 * factor, 32 * factor, 64 * factor)):
            setattr(self, f"block{stage + 1}", WideStage(inputs, width, (depth - 4) // 6, 2 if stage else 1, blur))
            inputs = width
        self.bn1, self.fc = nn.BatchNorm2d(inputs), nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.block3(self.block2(self.block1(self.conv1(x))))
        return self.fc(global_average(F.relu(self.bn1(x))))    # RobustBench pools 8 x 8: the same for 32 x 32 pixels


class Sequence(nn.Module):
    """torchvision's features, adaptive pooling to a square, classifier."""

    def __init__(self, features, pooled, classifier):
        super().__init__()
        self.features, self.pooled, self.classifier = nn.Sequential(*features), pooled, nn.Sequential(*classifier)

    def forward(self, x):
        return self.classifier(F.adaptive_avg_pool2d(self.features(x), self.pooled).flatten(1))


def alexnet(classes, blur):
    def pool():
        return max_pool(3, blur=blur)
    return Sequence(
        [nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), pool(), nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), pool(),
         nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
         nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), pool()], 6,
        [nn.Dropout(), nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, classes)])


def vgg16(classes, blur):
    features, inputs = [], 3
    for width, depth in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(depth):
            features += [nn.Conv2d(inputs, width, 3, padding=1), nn.ReLU()]
            inputs = width
        features.append(max_pool(2, blur=blur))
    return Sequence(features, 7, [nn.Linear(25088, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(),
                                  nn.Linear(4096, classes)])


class Fire(nn.Module):
    def __init__(self, inputs, squeezed, expanded):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1x1, self.expand3x3 = nn.Conv2d(squeezed, expanded, 1), nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.squeeze(x))
        return F.relu(torch.cat([self.expand1x1(x), self.expand3x3(x)], 1))


class SqueezeNet(nn.Module):
    """torchvision's version 1.1; the logits come after a ReLU."""

    def __init__(self, classes, blur):
        super().__init__()

        def pool():
            return max_pool(3, ceil=True, blur=blur)
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 3, 2), nn.ReLU(), pool(), Fire(64, 16, 64), Fire(128, 16, 64), pool(),
            Fire(128, 32, 128), Fire(256, 32, 128), pool(),
            Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), Fire(512, 64, 256))
        self.classifier = nn.Sequential(nn.Dropout(), nn.Conv2d(512, classes, 1), nn.ReLU())

    def forward(self, x):
        return global_average(self.classifier(self.features(x)))


class LeNet(nn.Module):
    """Two 5 x 5 convolutions, each activated and pooled, and linear layers fc1, fc2, ..."""

    def __init__(self, filters, paddings, units, act, average, blur):
        super().__init__()
        self.act, self.linears = act, len(units) - 1
        self.conv1 = nn.Conv2d(1, filters[0], 5, padding=paddings[0])
        self.conv2 = nn.Conv2d(filters[0], filters[1], 5, padding=paddings[1])
        if average:
            self.pool = BlurPool(blur) if blur else nn.AvgPool2d(2)
        else:
            self.pool = max_pool(2, blur=blur)
        for i in range(self.linears):
            setattr(self, f"fc{i + 1}", nn.Linear(units[i], units[i + 1]))

    def forward(self, x):
        x = self.pool(self.act(self.conv1(x)))
        x = self.pool(self.act(self.conv2(x))).flatten(1)
        for i in range(1, self.linears):
            x = self.act(getattr(self, f"fc{i}")(x))
        return getattr(self, f"fc{self.linears}")(x)


class Mlp(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 1000), nn.Linear(1000, classes)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.qkv, self.proj = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        n, tokens, width = x.shape
        q, k, v = self.qkv(x).reshape(n, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) * (width // self.heads) ** -0.5).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(n, tokens, width))


class Perceptron(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class TransformerBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width, eps=1e-6), Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width, eps=1e-6), Perceptron(width)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.proj = nn.Conv2d(3, width, 16, 16)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class VisionTransformer(nn.Module):
    """timm's, patches of 16: the class token comes first and alone is read."""

    def __init__(self, width, heads, classes, image):
        super().__init__()
        patches = (image[1] // 16) * (image[2] // 16)
        self.cls_token, self.pos_embed = nn.Parameter(torch.zeros(1, 1, width)), nn.Parameter(torch.zeros(1, patches + 1, width))
        self.patch_embed = PatchEmbed(width)
        self.blocks = nn.Sequential(*[TransformerBlock(width, heads) for _ in range(12)])
        self.norm, self.head = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, classes)

    def forward(self, x):
        x = self.patch_embed(x)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


TORCHVISION = {"resnet18": (BasicBlock, [2, 2, 2, 2]), "resnet34": (BasicBlock, [3, 4, 6, 3]),
               "resnet50": (Bottleneck, [3, 4, 6, 3]), "wide-resnet50-2": (WideBottleneck, [3, 4, 6, 3])}
TRANSFORMERS = {"deit-tiny": (192, 3), "deit-small": (384, 6), "deit-base": (768, 12), "vit-small": (384, 6), "vit-base": (768, 12)}
STAGES = [64, 128, 256, 512]


def build(name, image, classes, blur=None):
    if name in TORCHVISION:
        block, depths = TORCHVISION[name]
        return ResNet(block, depths, STAGES, classes, blur, imagenet=True)
    if name == "resnet18-cifar":
        return ResNet(BasicBlock, [2, 2, 2, 2], STAGES, classes, blur, name="shortcut", head="linear")
    if name == "preact-resnet18":
        return ResNet(PreActBlock, [2, 2, 2, 2], STAGES, classes, blur, stem_norm=False, head="linear")
    if name == "resnet20-64":
        return ResNet(BasicBlock, [3, 3, 3], STAGES[:3], classes, blur, channels=image[0])
    if name.endswith("-cifar"):
        depth = (int(name[len("resnet"):-len("-cifar")]) - 2) // 6
        return ResNet(BasicBlock, [depth] * 3, [16, 32, 64], classes, blur, PaddedShortcut, "shortcut", head="linear")
    if name.startswith("wrn-"):
        depth, factor = map(int, name.split("-")[1:])
        return WideResNet(depth, factor, classes, blur)
    if name in TRANSFORMERS:
        return VisionTransformer(*TRANSFORMERS[name], classes, image)
    if name in ("lenet5", "lenet5-tanh"):
        tanh = name.endswith("tanh")
        return LeNet([6, 16], [2, 0], [400, 120, 84, classes], torch.tanh if tanh else F.relu, tanh, blur)
    if name == "lenet-madry":
        return LeNet([32, 64], [2, 2], [3136, 1024, classes], F.relu, False, blur)
    if name == "mlp":
        return Mlp(classes)
    return {"alexnet": alexnet, "vgg16": vgg16, "squeezenet1_1": SqueezeNet}[name](classes, blur)
