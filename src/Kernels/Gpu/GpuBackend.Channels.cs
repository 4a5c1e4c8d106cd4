namespace MiniGrad.Kernels.Gpu;

internal sealed partial class GpuBackend
{
    /// <summary>Pixels, at least, that one group adds up.</summary>
    private const int ChannelChunk = 4096;

    public override void ChannelBlend(in View a, in View ka, in View? b, in View? kb, in View k0, bool relu, in View y)
    {
        long count = y.Shape.Count;
        if (count == 0) return;
        Arguments arguments = Arguments.New().Add((ulong)count).Add((uint)y.Shape[1])
            .Add((uint)y.Shape[2]).Add(a).Add(ka).Add(b).Add(kb).Add(k0).Add(relu ? 1 : 0).Add(y);
        Run(new("channels", "channel_blend", y.Type), Grid.For(count, Group), arguments, Plain);
    }

    public override void ChannelSums(in View a, in View b, in View sums)
    {
        (int images, int channels, int pixels) = (a.Shape[0], a.Shape[1], a.Shape[2]);
        if (channels == 0) return;
        int chunk = Math.Max(1, ChannelChunk / Math.Max(1, pixels));
        int chunks = Math.Max(1, (images + chunk - 1) / chunk);
        while (chunks > MostGroups)
        {
            chunk *= 2;
            chunks = (images + chunk - 1) / chunk;
        }
        GpuStorage parts = Scratch(DType.F64, 2L * channels * chunks);
        Arguments arguments =
            Arguments.New().Add((uint)images).Add((uint)chunk).Add((uint)channels).Add((uint)pixels).Add(a).Add(b).Add(parts);
        Run(new("channels", "channel_sums", a.Type), new Grid(Group, channels, chunks), arguments, Plain);
        Reduce(Reduction.Sum, new View(parts, Layout.Contiguous([1, chunks, 2 * channels])), sums);
        parts.Recycle();
    }
}
