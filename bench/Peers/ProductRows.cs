using System.Text.Json.Nodes;
using MiniGrad.Kernels;

namespace MiniGrad.Bench.Peers;

/// <summary>Matrix products: square ones, and the skinny ones of the linear layers (by transposed weights, as they are stored).</summary>
internal static class ProductRows
{
    public const string Group = "Matrix product";

    public static readonly int[] Sides = [64, 128, 256, 384, 512, 768, 1024, 1536, 2048];

    private static readonly (int Rows, int Inner, int Columns)[] Skinny =
    [
        (1, 400, 120), (128, 400, 120), (128, 120, 84), (128, 84, 10), (1, 512, 10), (32, 512, 10), (32, 256, 10),
        (1, 2048, 1000), (8, 2048, 1000), (1, 384, 1000), (8, 384, 1000),
        (197, 384, 1152), (197, 384, 384), (197, 384, 1536), (197, 1536, 384),
        (1576, 384, 1152), (1576, 384, 384), (1576, 384, 1536), (1576, 1536, 384),
    ];

    public static IEnumerable<PeerRow> All =>
    [
        .. Sides.Select(n => Row(n, n, n, transposed: false, Device.Cpu) with { IsQuick = n is 128 or 512 or 1024 }),
        .. Skinny.Select(s => Row(s.Rows, s.Inner, s.Columns, transposed: true, Device.Cpu) with { IsQuick = s.Rows is 1 or 197 }),
    ];

    public static string Square(int n) => $"{n} x {n} x {n}";

    public static PeerRow Row(int rows, int inner, int columns, bool transposed, Device device)
    {
        double bytes = 4.0 * ((double)rows * inner + (double)inner * columns + (double)rows * columns);
        JsonObject job = new() { ["kind"] = "product", ["shape"] = new JsonArray(rows, inner, columns), ["transposed"] = transposed };
        string subject = rows == inner && inner == columns ? Square(rows) : $"{rows} x {inner} x {columns}";
        return new(Group, subject, Work.Product, 2.0 * rows * inner * columns, bytes, () =>
        {
            Tensor a = Draw.Uniform(device, 1, 1, rows, inner);
            Tensor b = transposed ? Draw.Uniform(device, 1, 1, columns, inner).Transpose() : Draw.Uniform(device, 1, 1, inner, columns);
            // The right side of a network's product is a weight: kernels keep it packed.
            b.Storage.IsReused = transposed;
            Tensor y = Tensor.Empty([1, 1, rows, columns], DType.F32, device);
            return () => Backend.For(device).MatMul(a.View, b.View, default, y.View);
        }, job);
    }
}
