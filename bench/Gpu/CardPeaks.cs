namespace MiniGrad.Bench.Gpu;

/// <summary>What a card can do by its maker's data sheet: TFLOP/s in F32 and, dense, in TF32 on tensor cores; GB/s of its memory.</summary>
internal sealed record CardPeaks(double Single, double Tensor, double Bytes)
{
    // Data sheets of NVIDIA give TF32 with sparsity, which is twice this.
    private static readonly Dictionary<string, CardPeaks> ByName = new()
    {
        ["NVIDIA H200"] = new(67, 494.5, 4800),
        ["NVIDIA H200 NVL"] = new(60, 417.5, 4800),
        ["NVIDIA H100 80GB HBM3"] = new(67, 494.5, 3350),
        ["NVIDIA H100 PCIe"] = new(51, 378, 2000),
        ["NVIDIA H100 NVL"] = new(60, 417.5, 3900),
        ["NVIDIA A100-SXM4-80GB"] = new(19.5, 156, 2039),
        ["NVIDIA A100-SXM4-40GB"] = new(19.5, 156, 1555),
        ["NVIDIA A100 80GB PCIe"] = new(19.5, 156, 1935),
        ["NVIDIA A100-PCIE-40GB"] = new(19.5, 156, 1555),
        ["NVIDIA GeForce RTX 4090"] = new(82.6, 82.6, 1008),
    };

    /// <summary>None for a card that is not in the table.</summary>
    public static CardPeaks? Of(string name) => ByName.GetValueOrDefault(name);
}
