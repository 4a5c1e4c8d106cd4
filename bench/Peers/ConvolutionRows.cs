using System.Text.Json.Nodes;
using MiniGrad.Kernels;

namespace MiniGrad.Bench.Peers;

/// <summary>Every distinct convolution of five networks, each with its two gradients.</summary>
internal static class ConvolutionRows
{
    private static readonly (NetworkShapes Network, int Batch, bool IsQuick)[] Networks =
    [
        (NetworkTables.ResNet18Cifar, 32, true), (NetworkTables.Wide28x10, 8, false),
        (NetworkTables.ResNet50, 8, false), (NetworkTables.SqueezeNet, 8, false), (NetworkTables.DeitSmall, 8, false),
    ];

    public static IEnumerable<PeerRow> All =>
        from n in Networks
        from layer in n.Network.Convolutions
        from work in (Work[])[Work.Forward, Work.InputGradient, Work.WeightGradient]
        select Row(n.Network.Name, layer, n.Batch, work, Device.Cpu) with { IsQuick = n.IsQuick };

    public static PeerRow Row(string network, ConvLayer layer, int batch, Work work, Device device)
    {
        ConvShape s = layer.Shape(batch);
        int[] image = [batch, s.Channels, s.Height, s.Width];
        int[] filters = [s.Filters, s.Channels, s.KernelHeight, s.KernelWidth];
        int[] result = [batch, s.Filters, s.OutHeight, s.OutWidth];
        double bytes = 4 * (Count(image) + Count(filters) + Count(result));
        string stride = layer.Stride == 1 ? "" : $" / {layer.Stride}";
        string subject =
            $"{layer.Channels} -> {layer.Filters}, {layer.Kernel} x {layer.Kernel}{stride}, {layer.Side} x {layer.Side}, batch {batch}";
        JsonObject job = new()
        {
            ["kind"] = "convolution",
            ["work"] = WorkText.Of(work),
            ["image"] = Array(image),
            ["filters"] = Array(filters),
            ["result"] = Array(result),
            ["stride"] = s.StrideY,
            ["pad"] = s.PadY,
        };
        return new($"Convolutions of {network}", subject, work, layer.Flops * batch, bytes, () =>
        {
            Tensor x = Draw.Uniform(device, image);
            Tensor w = Draw.Uniform(device, filters);
            Tensor y = Draw.Uniform(device, result);
            // As the weights of a network: kernels keep them packed.
            w.Storage.IsReused = work is not Work.WeightGradient;
            Backend backend = Backend.For(device);
            return work switch
            {
                Work.Forward => () => backend.Conv(s, x.View, w.View, default, y.View),
                Work.InputGradient => () => backend.ConvInput(s, y.View, w.View, default, x.View),
                _ => () => backend.ConvWeight(s, x.View, y.View, w.View),
            };
        }, job);
    }

    private static double Count(int[] sizes) => sizes.Aggregate(1.0, (a, b) => a * b);

    private static JsonArray Array(int[] sizes) => new([.. sizes.Select(size => (JsonNode)size)]);
}
