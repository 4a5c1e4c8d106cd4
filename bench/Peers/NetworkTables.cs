namespace MiniGrad.Bench.Peers;

/// <summary>The layers of the networks that are compared; written down, so that rows exist without a network.</summary>
internal static class NetworkTables
{
    public static NetworkShapes LeNet5 { get; } = LeNet("lenet5");

    public static NetworkShapes LeNet5Tanh { get; } = LeNet("lenet5-tanh");

    public static NetworkShapes ResNet18Cifar { get; } = new("resnet18-cifar", [3, 32, 32], 10,
    [
        new(3, 64, 32), new(64, 64, 32, Times: 4),
        new(64, 128, 32, Stride: 2), new(128, 128, 16, Times: 3), new(64, 128, 32, Kernel: 1, Stride: 2),
        new(128, 256, 16, Stride: 2), new(256, 256, 8, Times: 3), new(128, 256, 16, Kernel: 1, Stride: 2),
        new(256, 512, 8, Stride: 2), new(512, 512, 4, Times: 3), new(256, 512, 8, Kernel: 1, Stride: 2),
    ], [new(1, 512, 10)]);

    public static NetworkShapes Wide28x10 { get; } = Wide(28, 10);

    public static NetworkShapes Wide16x4 { get; } = Wide(16, 4);

    public static NetworkShapes ResNet50 { get; } = new("resnet50", [3, 224, 224], 1000,
    [
        new(3, 64, 224, Kernel: 7, Stride: 2),
        new(64, 64, 56, Kernel: 1), new(64, 64, 56, Times: 3), new(64, 256, 56, Kernel: 1, Times: 4), new(256, 64, 56, Kernel: 1, Times: 2),
        new(256, 128, 56, Kernel: 1), new(128, 128, 56, Stride: 2), new(128, 512, 28, Kernel: 1, Times: 4),
        new(256, 512, 56, Kernel: 1, Stride: 2), new(512, 128, 28, Kernel: 1, Times: 3), new(128, 128, 28, Times: 3),
        new(512, 256, 28, Kernel: 1), new(256, 256, 28, Stride: 2), new(256, 1024, 14, Kernel: 1, Times: 6),
        new(512, 1024, 28, Kernel: 1, Stride: 2), new(1024, 256, 14, Kernel: 1, Times: 5), new(256, 256, 14, Times: 5),
        new(1024, 512, 14, Kernel: 1), new(512, 512, 14, Stride: 2), new(512, 2048, 7, Kernel: 1, Times: 3),
        new(1024, 2048, 14, Kernel: 1, Stride: 2), new(2048, 512, 7, Kernel: 1, Times: 2), new(512, 512, 7, Times: 2),
    ], [new(1, 2048, 1000)]);

    public static NetworkShapes SqueezeNet { get; } = new("squeezenet1_1", [3, 224, 224], 1000,
    [
        new(3, 64, 224, Stride: 2, Pad: 0),
        new(64, 16, 55, Kernel: 1), new(16, 64, 55, Kernel: 1, Times: 2), new(16, 64, 55, Times: 2), new(128, 16, 55, Kernel: 1),
        new(128, 32, 27, Kernel: 1), new(32, 128, 27, Kernel: 1, Times: 2), new(32, 128, 27, Times: 2), new(256, 32, 27, Kernel: 1),
        new(256, 48, 13, Kernel: 1), new(48, 192, 13, Kernel: 1, Times: 2), new(48, 192, 13, Times: 2), new(384, 48, 13, Kernel: 1),
        new(384, 64, 13, Kernel: 1), new(64, 256, 13, Kernel: 1, Times: 2), new(64, 256, 13, Times: 2), new(512, 64, 13, Kernel: 1),
        new(512, 1000, 13, Kernel: 1),
    ], []);

    public static NetworkShapes DeitSmall { get; } = new("deit-small", [3, 224, 224], 1000,
        [new(3, 384, 224, Kernel: 16, Stride: 16, Pad: 0)],
        [
            new(197, 384, 1152, Times: 12),
            new(197, 64, 197, Times: 6 * 12, HasWeights: false), new(197, 197, 64, Times: 6 * 12, HasWeights: false),
            new(197, 384, 384, Times: 12), new(197, 384, 1536, Times: 12), new(197, 1536, 384, Times: 12),
            new(1, 384, 1000),
        ]);

    private static NetworkShapes LeNet(string name) => new(name, [1, 28, 28], 10,
        [new(1, 6, 28, Kernel: 5), new(6, 16, 14, Kernel: 5, Pad: 0)],
        [new(1, 400, 120), new(1, 120, 84), new(1, 84, 10)]);

    private static NetworkShapes Wide(int layers, int width)
    {
        int blocks = (layers - 4) / 6;
        (int a, int b, int c) = (16 * width, 32 * width, 64 * width);
        return new($"wrn-{layers}-{width}", [3, 32, 32], 10,
        [
            new(3, 16, 32),
            new(16, a, 32), new(16, a, 32, Kernel: 1), new(a, a, 32, Times: 2 * blocks - 1),
            new(a, b, 32, Stride: 2), new(a, b, 32, Kernel: 1, Stride: 2), new(b, b, 16, Times: 2 * blocks - 1),
            new(b, c, 16, Stride: 2), new(b, c, 16, Kernel: 1, Stride: 2), new(c, c, 8, Times: 2 * blocks - 1),
        ], [new(1, c, 10)]);
    }
}
