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
    def __init__(self, channels, width, patch):
        super().__init__()
        self.proj = nn.Conv2d(channels, width, patch, patch)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class VisionTransformer(nn.Module):
    """timm's: the class token comes first and alone is read."""

    def __init__(self, width, heads, classes, image, patch=16, depth=12):
        super().__init__()
        patches = (image[1] // patch) * (image[2] // patch)
        self.cls_token, self.pos_embed = nn.Parameter(torch.zeros(1, 1, width)), nn.Parameter(torch.zeros(1, patches + 1, width))
        self.patch_embed = PatchEmbed(image[0], width, patch)
        self.blocks = nn.Sequential(*[TransformerBlock(width, heads) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, classes)

    def forward(self, x):
        x = self.patch_embed(x)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


class FeatureNorm(nn.BatchNorm1d):
    """Batch norm of the last axis, over images and tokens."""

    def forward(self, x):
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class SplitAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x):
        q, k, v = (layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for layer in (self.query, self.key, self.value))
        scores = torch.einsum("nhid,nhjd->nhij", q, k) / q.shape[-1] ** 0.5
        return self.out(torch.einsum("nhij,nhjd->nihd", scores.softmax(-1), v).flatten(2))


class BatchNormBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attn_norm, self.attn = FeatureNorm(width), SplitAttention(width, heads)
        self.mlp_norm = FeatureNorm(width)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, 2 * width), "fc2": nn.Linear(2 * width, width)})

    def forward(self, x):
        x = x + self.attn(self.attn_norm(x))
        return x + self.mlp["fc2"](F.relu(self.mlp["fc1"](self.mlp_norm(x))))


class BatchNormTransformer(nn.Module):
    """VNN-COMP 2023's: norms over the batch, and the mean of all tokens is read."""

    def __init__(self, depth, heads, patch, classes, image, width=48):
        super().__init__()
        patches = (image[1] // patch) * (image[2] // patch)
        self.cls_token, self.positions = nn.Parameter(torch.zeros(width)), nn.Parameter(torch.zeros(patches + 1, width))
        self.projection = nn.Conv2d(image[0], width, patch, patch)
        self.blocks = nn.Sequential(*[BatchNormBlock(width, heads) for _ in range(depth)])
        self.norm, self.head = FeatureNorm(width), nn.Linear(width, classes)

    def forward(self, x):
        x = self.projection(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), 1, -1), x], 1) + self.positions
        return self.head(self.norm(self.blocks(x)).mean(1))


class PackedAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.in_proj, self.out_proj = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.in_proj(x).chunk(3, -1))
        scores = torch.einsum("nhid,nhjd->nhij", q, k) / q.shape[-1] ** 0.5
        return self.out_proj(torch.einsum("nhij,nhjd->nihd", scores.softmax(-1), v).flatten(2))


class CompactBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attention_pre_norm, self.attention = nn.LayerNorm(width), PackedAttention(width, heads)
        self.mlp_pre_norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(), nn.Linear(2 * width, width), nn.Dropout())

    def forward(self, x):
        x = x + self.attention(self.attention_pre_norm(x))
        return x + self.mlp(self.mlp_pre_norm(x))


class CompactTransformer(nn.Module):
    """CCT (arXiv:2104.05704) with the names of Nik212; each image attends to itself."""

    def __init__(self, depth, heads, width, classes, image):
        super().__init__()
        tokens = (image[1] + 1) // 2 * ((image[2] + 1) // 2)
        self.tokenizer = nn.ModuleDict({"tokenizer_layers": nn.Sequential(
            nn.Conv2d(image[0], width, 3, padding=1, bias=False), nn.ReLU(), nn.MaxPool2d(3, 2, 1))})
        self.positional_embeddings = nn.Parameter(torch.zeros(1, tokens, width))
        self.blocks = nn.Sequential(*[CompactBlock(width, heads) for _ in range(depth)])
        self.norm, self.fc = nn.LayerNorm(width), nn.Linear(width, classes)
        self.pool = nn.ModuleDict({"attention_pool": nn.Linear(width, 1)})

    def forward(self, x):
        x = self.tokenizer["tokenizer_layers"](x).flatten(2).transpose(1, 2) + self.positional_embeddings
        x = self.norm(self.blocks(x))
        shares = self.pool["attention_pool"](x).softmax(1)
        return self.fc((shares.transpose(1, 2) @ x).squeeze(1))


class PlainBlock(nn.Module):
    def __init__(self, inputs, width, stride, blur):
        super().__init__()
        own, self.blurred = subsample(stride, blur)
        self.before = [subsample(stride, blur)[1]]
        self.conv1, self.conv2 = nn.Conv2d(inputs, width, 3, own, 1), nn.Conv2d(width, width, 3, 1, 1)
        self.shortcut = nn.Sequential(*[nn.Conv2d(inputs, width, 1, own)] * (stride == 2))

    def forward(self, x):
        y = self.conv2(self.blurred(F.relu(self.conv1(x))))
        return F.relu(y + (self.shortcut(self.before[0](x)) if len(self.shortcut) else x))


class PlainResNet(nn.Module):
    """alpha-beta-CROWN's ResNet2B and ResNet4B: no norms, biases everywhere, two linear layers."""

    def __init__(self, width, stages, classes, image, blur):
        super().__init__()
        self.stages, inputs = stages, width
        self.conv1 = nn.Conv2d(image[0], width, 3, 2, 1)
        height, across = ((side + 1) // 2 for side in image[1:])
        for stage in range(stages):
            setattr(self, f"layer{stage + 1}", nn.Sequential(PlainBlock(inputs, 2 * width, 2, blur), PlainBlock(2 * width, 2 * width, 1, blur)))
            inputs, height, across = 2 * width, (height + 1) // 2, (across + 1) // 2
        self.linear1, self.linear2 = nn.Linear(inputs * height * across, 100), nn.Linear(100, classes)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.linear2(F.relu(self.linear1(x.flatten(1))))


def strided(windows, classes, image):
    """Convolutions (filters, kernel, stride, padding), then 100 units."""
    channels, *sides = image
    layers = []
    for filters, kernel, stride, pad in windows:
        layers += [nn.Conv2d(channels, filters, kernel, stride, pad), nn.ReLU()]
        channels, sides = filters, [(side + 2 * pad - kernel) // stride + 1 for side in sides]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * sides[0] * sides[1], 100), nn.ReLU(), nn.Linear(100, classes))


class SmallCnn(nn.Module):
    """TRADES' network for MNIST."""

    def __init__(self, classes):
        super().__init__()
        convs = [("conv1", 1, 32), ("conv2", 32, 32), ("conv3", 32, 64), ("conv4", 64, 64)]
        self.feature_extractor = nn.ModuleDict({name: nn.Conv2d(inputs, outputs, 3) for name, inputs, outputs in convs})
        self.classifier = nn.ModuleDict({"fc1": nn.Linear(1024, 200), "fc2": nn.Linear(200, 200), "fc3": nn.Linear(200, classes)})

    def forward(self, x):
        for name, conv in self.feature_extractor.items():
            x = F.relu(conv(x))
            x = F.max_pool2d(x, 2) if name in ("conv2", "conv4") else x
        x = F.relu(self.classifier["fc1"](x.flatten(1)))
        return self.classifier["fc3"](F.relu(self.classifier["fc2"](x)))


class MobileNet(nn.Module):
    """Keras' version 1 of width 1/4: what strides is padded below and to the right."""

    def __init__(self, classes):
        super().__init__()
        self.strides = {}
        self.add("conv1", nn.Conv2d(3, 8, 3, 2, bias=False))
        inputs = 8
        for i, width in enumerate([16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256], 1):
            stride = 2 if i in (2, 4, 6, 12) else 1
            self.add(f"conv_dw_{i}", nn.Conv2d(inputs, inputs, 3, stride, 2 - stride, groups=inputs, bias=False))
            self.add(f"conv_pw_{i}", nn.Conv2d(inputs, width, 1, bias=False))
            inputs = width
        self.conv_preds = nn.Conv2d(inputs, classes, 1)

    def add(self, name, layer):
        self.strides[name] = layer.stride[0]
        setattr(self, name, layer)
        setattr(self, f"{name}_bn", nn.BatchNorm2d(layer.out_channels, eps=0.001))

    def forward(self, x):
        for name, stride in self.strides.items():
            x = F.pad(x, (0, 1, 0, 1)) if stride == 2 else x
            x = F.relu6(getattr(self, f"{name}_bn")(getattr(self, name)(x)))
        return self.conv_preds(x.mean((2, 3), keepdim=True)).flatten(1)


TORCHVISION = {"resnet18": (BasicBlock, [2, 2, 2, 2]), "resnet34": (BasicBlock, [3, 4, 6, 3]),
               "resnet50": (Bottleneck, [3, 4, 6, 3]), "wide-resnet50-2": (WideBottleneck, [3, 4, 6, 3])}
TRANSFORMERS = {"deit-tiny": (192, 3), "deit-small": (384, 6), "deit-base": (768, 12), "vit-small": (384, 6), "vit-base": (768, 12)}
STAGES = [64, 128, 256, 512]
FOUR = [(16, 4, 2, 1), (32, 4, 2, 1)]
BARE = [(16, 4, 2, 0), (32, 4, 2, 0)]
STRIDED = {"cnn-a": FOUR, "cnn-a-cifar": FOUR, "cnn-small": BARE, "cnn-small-cifar": BARE, "cnn-kw-wide": FOUR,
           "cnn-kw-base": [(8, 4, 2, 1), (16, 4, 2, 1)], "cnn-kw-deep": [(8, 4, 2, 1), (8, 3, 1, 1), (8, 3, 1, 1), (8, 4, 2, 1)]}


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
    if name in STRIDED:
        return strided(STRIDED[name], classes, image)
    if name in ("resnet2b", "resnet4b"):
        return PlainResNet(*((8, 1) if name == "resnet2b" else (16, 2)), classes, image, blur)
    if name.endswith("-cifar"):
        depth = (int(name[len("resnet"):-len("-cifar")]) - 2) // 6
        return ResNet(BasicBlock, [depth] * 3, [16, 32, 64], classes, blur, PaddedShortcut, "shortcut", head="linear")
    if name.startswith("wrn-"):
        depth, factor = map(int, name.split("-")[1:])
        return WideResNet(depth, factor, classes, blur)
    if name in TRANSFORMERS:
        return VisionTransformer(*TRANSFORMERS[name], classes, image)
    if name.startswith("vnncomp-vit-"):
        return BatchNormTransformer(*map(int, name.split("-")[2:]), classes, image)
    if name.startswith("vit-"):
        patch, width, depth = map(int, name.split("-")[1:])
        return VisionTransformer(width, max(1, width // 32), classes, image, patch, depth)
    if name == "cct-4-3x1":
        return CompactTransformer(4, 4, 128, classes, image)
    if name == "smallcnn-trades":
        return SmallCnn(classes)
    if name == "mobilenet-v1-0.25":
        return MobileNet(classes)
    if name in ("lenet5", "lenet5-tanh"):
        tanh = name.endswith("tanh")
        return LeNet([6, 16], [2, 0], [400, 120, 84, classes], torch.tanh if tanh else F.relu, tanh, blur)
    if name == "lenet-madry":
        return LeNet([32, 64], [2, 2], [3136, 1024, classes], F.relu, False, blur)
    if name == "mlp":
        return Mlp(classes)
    return {"alexnet": alexnet, "vgg16": vgg16, "squeezenet1_1": SqueezeNet}[name](classes, blur)
