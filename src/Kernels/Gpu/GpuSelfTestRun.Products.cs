namespace MiniGrad.Kernels.Gpu;

internal sealed partial class GpuSelfTestRun
{
    /// <summary>Each tile with the element types that are computed with it.</summary>
    private IEnumerable<(GpuBackend Kernels, GpuTile Tile, DType Type)> Tiles()
    {
        foreach (DType type in Reals)
        {
            GpuTile[] tiles = GpuTile.All(type, onTensorCores: false);
            if (type == DType.F32) tiles = [.. tiles, .. tensorTiles];
            foreach (GpuTile tile in tiles) yield return (new(device) { ForcedTile = tile, WeightPixels = 32 }, tile, type);
        }
    }

    private void Products()
    {
        foreach ((GpuBackend with, GpuTile tile, DType type) in Tiles())
        {
            foreach (bool left in (ReadOnlySpan<bool>)[false, true])
            {
                foreach (bool right in (ReadOnlySpan<bool>)[false, true]) Product(with, tile, left, right, type);
            }
            Heads(with, tile, type);
        }
    }

    /// <summary>One more than a tile each way, the operands as they lie or turned.</summary>
    private void Product(GpuBackend with, GpuTile tile, bool left, bool right, DType type)
    {
        (int m, int n, int k) = (tile.Rows + 3, tile.Columns + 2, tile.Depth + 3);
        // One number that is none spreads over its row, or its column, and no further.
        double[] special = left ? [] : [1, double.NaN];
        double[] others = left ? [] : [1, 2, double.PositiveInfinity];
        GpuSelfTestOperand a =
            left ? Input(type, [1, 1, m, k], null, special) : Input(type, [1, 1, k, m], layout => layout.Permute([0, 1, 3, 2]), special);
        GpuSelfTestOperand c =
            right ? Input(type, [1, 1, n, k], layout => layout.Permute([0, 1, 3, 2]), others) : Input(type, [1, 1, k, n], null, others);
        GpuSelfTestOperand y = Result(type, GpuSelfTestAllowance.Sum(k, tile), [1, 1, m, n]);
        string name = $"matmul {tile.Name} {(left ? "as it lies" : "turned")} by {(right ? "turned" : "as it lies")} {Name(type)}";
        Case(name, (b, v) => b.MatMul(v(a), v(c), default, v(y)), with);
    }

    /// <summary>Heads of an attention, which lie side by side in rows, and all that a epilogue does.</summary>
    private void Heads(GpuBackend with, GpuTile tile, DType type)
    {
        GpuSelfTestOperand a = Input(type, [2, 5, 3, 7], layout => layout.Permute([0, 2, 1, 3]));
        GpuSelfTestOperand c = Input(type, [2, 3, 7, 9]);
        GpuSelfTestOperand shift = Input(type, [9]);
        GpuSelfTestOperand residual = Input(type, [2, 5, 3, 9], layout => layout.Permute([0, 2, 1, 3]));
        GpuSelfTestOperand gate = Input(type, [2, 5, 3, 9], layout => layout.Permute([0, 2, 1, 3]), 0, double.NaN);
        GpuSelfTestOperand y = Result(type, GpuSelfTestAllowance.Sum(9, tile), [2, 5, 3, 9], layout => layout.Permute([0, 2, 1, 3]));
        Case($"matmul {tile.Name} of heads {Name(type)}",
            (b, v) => b.MatMul(v(a), v(c), new(v(shift), v(residual), true, v(gate)), v(y)), with);
    }

    private void Convolutions()
    {
        foreach ((GpuBackend with, GpuTile tile, DType type) in Tiles())
        {
            Convolution(with, tile, type, "many filters", new(2, 3, 9, 8, tile.Rows + 2, 2, 1, 1, 1, 1, 0, 1, 1, 1));
            Convolution(with, tile, type, "many channels", new(1, tile.Rows + 2, 5, 5, 5, 1, 2, 1, 1, 0, 1, 1, 1, 1));
            Convolution(with, tile, type, "groups, strides, dilation", new(2, 4, 9, 7, 6, 3, 3, 2, 1, 2, 1, 2, 1, 2));
            // Most pixels meet no tap at all.
            Convolution(with, tile, type, "every other pixel", new(2, 3, 7, 6, 5, 1, 1, 2, 2, 0, 0, 1, 1, 1));
        }
    }

    private void Convolution(GpuBackend with, GpuTile tile, DType type, string what, ConvShape s)
    {
        Shape images = [s.Batch, s.Channels, s.Height, s.Width];
        Shape outputs = [s.Batch, s.Filters, s.OutHeight, s.OutWidth];
        Shape filters = [s.Filters, s.GroupChannels, s.KernelHeight, s.KernelWidth];
        GpuSelfTestOperand x = Input(type, images);
        GpuSelfTestOperand w = Input(type, filters);
        GpuSelfTestOperand g = Input(type, outputs);
        string of = $"{tile.Name} {what} {Name(type)}";

        // The processor may take another algorithm (Winograd's), whose rounding is a few times that of the sum.
        GpuSelfTestOperand shift = Input(type, [s.Filters]);
        GpuSelfTestOperand residual = Input(type, outputs);
        GpuSelfTestOperand gate = Input(type, outputs, null, 0, double.NaN, -1);
        GpuSelfTestOperand y = Result(type, GpuSelfTestAllowance.Sum(4 * s.Taps, tile), outputs);
        Case($"conv {of}", (b, v) => b.Conv(s, v(x), v(w), new(v(shift), v(residual), true, v(gate)), v(y)), with);

        GpuSelfTestOperand before = Input(type, images);
        GpuSelfTestOperand open = Input(type, images, null, 0, double.NaN, -1);
        GpuSelfTestOperand dx = Result(type, GpuSelfTestAllowance.Sum(4 * s.GroupFilters * s.KernelHeight * s.KernelWidth, tile), images);
        Case($"conv input {of}", (b, v) => b.ConvInput(s, v(g), v(w), new(null, v(before), false, v(open)), v(dx)), with);

        GpuSelfTestOperand dw = Result(type, GpuSelfTestAllowance.Sum(4 * s.Batch * s.OutPixels, tile), filters);
        Case($"conv weight {of}", (b, v) => b.ConvWeight(s, v(x), v(g), v(dw)), with);
        Case($"conv weight in one piece {of}", (b, v) => b.ConvWeight(s, v(x), v(g), v(dw)), new(device) { ForcedTile = tile });
    }
}
