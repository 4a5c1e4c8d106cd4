using MiniGrad.Bench.Peers;

namespace MiniGrad.Bench.Gpu;

/// <summary>The goals of the GPU's speed against PyTorch on the same card; the worst row of one device decides.</summary>
internal static class GpuGoals
{
    private const int LargeSide = 4096;

    private static readonly string Gradient = WorkText.Of(Work.ForwardAndInputGradient);

    /// <summary>The least ratio that a row should have; none where nothing was asked of it.</summary>
    public static double? Least(GpuTime time) => (time.Group, time.Precision) switch
    {
        (ProductRows.Group, "f32") => 0.75,
        (ProductRows.Group, "tf32") when time.Size >= LargeSide => 0.4,
        (NetworkRows.Group, "f32") when IsSmallest(time) => 1,
        (NetworkRows.Group, "f32") when time.Work == Gradient => 0.5,
        (NetworkRows.Group, "tf32") when time.Work == Gradient => 0.3,
        _ => null,
    };

    public static IEnumerable<PeerGoal> Of(IEnumerable<GpuTime> times)
    {
        GpuTime[] rows = [.. times];
        yield return Goal("F32 matrix product", 0.75, rows.Where(t => t.Group == ProductRows.Group && t.Precision == "f32"));
        yield return Goal($"TF32 matrix product, n >= {LargeSide}", 0.4,
            rows.Where(t => t.Group == ProductRows.Group && t.Precision == "tf32" && t.Size >= LargeSide));
        yield return Goal($"networks, {Gradient}, F32", 0.5,
            rows.Where(t => t.Group == NetworkRows.Group && t.Precision == "f32" && t.Work == Gradient));
        yield return Goal($"networks, {Gradient}, TF32", 0.3,
            rows.Where(t => t.Group == NetworkRows.Group && t.Precision == "tf32" && t.Work == Gradient));
        yield return Goal("LeNet-5, batch 1, F32", 1, rows.Where(t => t.Precision == "f32" && IsSmallest(t)));
    }

    private static PeerGoal Goal(string text, double least, IEnumerable<GpuTime> rows) =>
        new($"{text}, worst", true, least, rows.Select(t => t.Ratio).Min(), "F2");

    private static bool IsSmallest(GpuTime time) => time.Group == NetworkRows.Group
        && time.Name.StartsWith(NetworkRows.Subject(NetworkTables.LeNet5, 1) + ",", StringComparison.Ordinal);
}
