namespace MiniGrad.Kernels.Gpu;

internal sealed partial class GpuBackend
{
    /// <summary>Work items of a group of scatter-add.</summary>
    private const int ScatterGroup = 128;

    public override void Gather(in View x, in View index, in View y)
    {
        long count = y.Shape.Count;
        if (count == 0) return;
        Arguments arguments = Arguments.New().Add((ulong)count).Add((uint)y.Shape[1]).Add((uint)y.Shape[2]).Add(x.Shape[1])
            .Add(GpuSteps.Of(x)).Add(GpuSteps.Of(index)).Add(x.Storage).Add(index.Storage).Add(y).Add(device.Kernels.Fault());
        Run(new("gather", "gather", x.Type), Grid.For(count, Group), arguments, GatherProgram);
        device.Kernels.ExpectFault();
    }

    public override void ScatterAdd(in View g, in View index, in View y)
    {
        (int outer, int n, int inner) = (y.Shape[0], y.Shape[1], y.Shape[2]);
        if (y.Shape.Count == 0) return;
        Arguments arguments = Arguments.New().Add((uint)g.Shape[1]).Add((uint)inner).Add(n)
            .Add(GpuSteps.Of(g)).Add(GpuSteps.Of(index)).Add(g.Storage).Add(index.Storage).Add(y).Add(device.Kernels.Fault());
        Run(new("scatter", "scatter_add", y.Type), new Grid(ScatterGroup, (long)outer * inner), arguments, ScatterProgram);
        device.Kernels.ExpectFault();
    }

    public override void Uniform(in View keys, in View y)
    {
        (int rows, int n) = (y.Shape[0], y.Shape[1]);
        long blocks = (long)rows * ((n + 3) / 4);
        if (blocks == 0) return;
        Run(new("random", "uniform_rows", DType.F32), Grid.For(blocks, Group),
            Arguments.New().Add((ulong)blocks).Add((uint)n).Add(keys).Add(y), Plain);
    }

    internal static KernelProgram ScatterProgram(KernelKey key) => KernelProgram.Of(key.Program, key.Type, "", "fault", "scatter");

    internal static KernelProgram GatherProgram(KernelKey key) =>
        KernelProgram.Of($"gather-{key.Type}".ToLowerInvariant(),
            $"#define REAL float\n#define T {KernelProgram.CName(key.Type)}\n", "fault", "gather");
}
