using MiniGrad.Bench.Peers;

namespace MiniGrad.Bench.Gpu;

/// <summary>Computations that do little else than read and write memory, on matrices of 1024 columns.</summary>
internal static class BandwidthRows
{
    private const string Group = "Memory-bound";
    private const int Columns = 1024;

    /// <summary>A sum of two matrices: two read, one written.</summary>
    public static PeerRow Add(Device device, int rows) =>
        new(Group, $"add, {rows} x {Columns}", Work.Forward, 0, 12.0 * rows * Columns, () =>
        {
            Tensor a = Draw.Uniform(device, rows, Columns);
            Tensor b = Draw.Uniform(device, rows, Columns);
            return () => Arena.Step(() => Draw.Computed(a + b), _ => []);
        }, LayerRows.Job("add", [rows, Columns], Work.Forward));

    /// <summary>Softmax of each row: one matrix read, one written.</summary>
    public static PeerRow Softmax(Device device, int rows) =>
        new(Group, $"softmax, {rows} rows of {Columns}", Work.Forward, 0, 8.0 * rows * Columns, () =>
        {
            Tensor x = Draw.Uniform(device, rows, Columns);
            return () => Arena.Step(() => Draw.Computed(x.Softmax(1)), _ => []);
        }, LayerRows.Job("softmax", [rows, Columns], Work.Forward));
}
