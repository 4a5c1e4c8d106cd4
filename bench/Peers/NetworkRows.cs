using System.Text.Json.Nodes;

namespace MiniGrad.Bench.Peers;

/// <summary>Whole networks: what an attack, a training and a curvature probe do with them.</summary>
internal static class NetworkRows
{
    public const string Group = "Networks";
    public const string CurvatureGroup = "Second derivatives";

    private static readonly Work[] Usual = [Work.Forward, Work.ForwardAndInputGradient, Work.TrainingStep];
    private static readonly Work[] WithCurvature =
        [Work.Forward, Work.ForwardAndInputGradient, Work.HessianVectorProduct, Work.TrainingStep];

    // A product with the Hessian stands right after the gradient that it is measured by.
    private static readonly (NetworkShapes Network, int Batch, Work[] Works, bool IsQuick)[] Plan =
    [
        (NetworkTables.LeNet5, 1, WithCurvature, true), (NetworkTables.LeNet5, 128, Usual, true),
        (NetworkTables.LeNet5Tanh, 1, [Work.ForwardAndInputGradient, Work.HessianVectorProduct], true),
        (NetworkTables.ResNet18Cifar, 1, WithCurvature, true), (NetworkTables.ResNet18Cifar, 32, Usual, true),
        (NetworkTables.ResNet18Cifar, 64, [Work.TrainingStep], false), (NetworkTables.Wide16x4, 32, Usual, false),
        (NetworkTables.ResNet50, 1, Usual, true), (NetworkTables.ResNet50, 8, Usual, false),
        (NetworkTables.DeitSmall, 1, Usual, true), (NetworkTables.DeitSmall, 8, Usual, false),
    ];

    public static IEnumerable<PeerRow> All =>
        from entry in Plan
        from work in entry.Works
        select Row(entry.Network, entry.Batch, work, Device.Cpu) with { IsQuick = entry.IsQuick };

    public static string Subject(NetworkShapes network, int batch) => $"{network.Name}, batch {batch}";

    public static PeerRow Row(NetworkShapes network, int batch, Work work, Device device)
    {
        bool curvature = work == Work.HessianVectorProduct || network == NetworkTables.LeNet5Tanh;
        JsonObject job = new()
        {
            ["kind"] = "network",
            ["work"] = WorkText.Of(work),
            ["name"] = network.Name,
            ["image"] = new JsonArray([.. network.Image.Select(size => (JsonNode)size)]),
            ["classes"] = network.Classes,
            ["batch"] = batch,
        };
        return new(curvature ? CurvatureGroup : Group, Subject(network, batch),
            work, network.Flops(work) * batch, Bytes(network, batch, work),
            () => new NetworkWork(network, batch, device).Of(work), job);
    }

    /// <summary>Images in, logits out, weights once; the gradient in the images; in training the new weights and both velocities.</summary>
    private static double Bytes(NetworkShapes network, int batch, Work work)
    {
        double images = (double)batch * network.Image.Aggregate((a, b) => a * b);
        double weights = network.Convolutions.Sum(c => (double)c.Weights * c.Times)
            + network.Products.Where(p => p.HasWeights).Sum(p => (double)p.Inner * p.Columns * p.Times);
        double logits = (double)batch * network.Classes;
        return 4 * work switch
        {
            Work.Forward => images + weights + logits,
            Work.ForwardAndInputGradient => 2 * images + weights,
            Work.TrainingStep => images + 4 * weights,
            _ => 3 * images + weights,
        };
    }
}
