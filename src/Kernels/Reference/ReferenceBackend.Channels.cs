namespace MiniGrad.Kernels.Reference;

internal sealed partial class ReferenceBackend
{
    public override void ChannelBlend(in View a, in View ka, in View? b, in View? kb, in View k0, bool relu, in View y)
    {
        (double[] first, double[] firstFactor, double[] shift) = (Read(a), Read(ka), Read(k0));
        double[]? second = b is { } other ? Read(other) : null;
        double[]? secondFactor = kb is { } factor ? Read(factor) : null;
        double[] result = new double[first.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int channel = i / y.Shape[2] % y.Shape[1];
            result[i] = first[i] * firstFactor[channel] + shift[channel];
            if (second is not null) result[i] += second[i] * secondFactor![channel];
            if (relu && result[i] < 0) result[i] = 0;
        }
        Write(y, result);
    }

    public override void ChannelSums(in View a, in View b, in View sums)
    {
        (double[] left, double[] right) = (Read(a), Read(b));
        int channels = a.Shape[1];
        double[] result = new double[2 * channels];
        for (int i = 0; i < left.Length; i++)
        {
            int channel = i / a.Shape[2] % channels;
            result[channel] += left[i];
            result[channels + channel] += left[i] * right[i];
        }
        Write(sums, result);
    }
}
