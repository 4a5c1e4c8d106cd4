using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>a·ka + b·kb + k0 of images with a factor for each channel; inputs are [a, ka, k0] or [a, ka, k0, b, kb].</summary>
internal class ChannelBlend : Op
{
    public override string Name => "channel-blend";

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
    {
        Tensor[] from = node.Inputs;
        Tensor?[] result = new Tensor?[from.Length];
        for (int i = 0; i < from.Length; i += 3)
        {
            (Tensor image, Tensor factor) = (from[i], from[i + 1]);
            if (needs[i]) result[i] = g.ChannelAffine(factor);
            if (!needs[i + 1] && (i > 0 || !needs[2])) continue;
            Tensor sums = Ops.ChannelSums(g, image);
            if (needs[i + 1]) result[i + 1] = sums.At(0, 1).Cast(factor.Type);
            if (i == 0 && needs[2]) result[2] = sums.At(0, 0).Cast(from[2].Type);
        }
        return result;
    }

    // Linear in each image and bilinear with its factor; the default would blend twice.
    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        Tensor[] from = node.Inputs;
        Tensor? sum = null;
        for (int i = 0; i < from.Length; i += 3)
        {
            Tensor? shift = i == 0 ? tangents[2] : null;
            if (tangents[i] is { } image) (sum, shift) = (Ops.Plus(sum, image.ChannelAffine(from[i + 1], shift)), null);
            if (tangents[i + 1] is { } factor) (sum, shift) = (Ops.Plus(sum, from[i].ChannelAffine(factor, shift)), null);
            if (shift is not null) sum = Ops.Plus(sum, from[0].ChannelAffine(Ops.Zeros(shift.Shape, shift.Type, shift.Device), shift));
        }
        return sum;
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>
        /// Each channel of [N, C, …] times a factor, [C], plus a shift, [C]; one pass over memory, with the ReLU of the
        /// result when wanted.
        /// </summary>
        public Tensor ChannelAffine(Tensor factor, Tensor? shift = null, bool relu = false)
        {
            (factor, shift) = (factor.Cast(x.Type), shift?.Cast(x.Type) ?? Zeros(factor.Shape, x.Type, x.Device));
            CheckChannels("channel-affine", x, factor, shift);
            Tensor image = x.Contiguous();
            Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
            (factor, shift) = (factor.Contiguous(), shift.Contiguous());
            Backend.For(x.Device).ChannelBlend(Planes(image), factor.View, null, null, shift.View, relu, Planes(y));
            return Op.Record(relu ? new ChannelRelu() : new ChannelBlend(), [image, factor, shift], y);
        }

        /// <summary>x·kx + z·kz + shift with numbers for each channel, [C]; one pass over memory.</summary>
        internal Tensor ChannelBlend(Tensor kx, Tensor z, Tensor kz, Tensor shift)
        {
            (kx, kz, shift) = (kx.Cast(x.Type).Contiguous(), kz.Cast(x.Type).Contiguous(), shift.Cast(x.Type).Contiguous());
            (Tensor a, Tensor b) = (x.Contiguous(), z.Contiguous());
            Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
            Backend.For(x.Device).ChannelBlend(Planes(a), kx.View, Planes(b), kz.View, shift.View, false, Planes(y));
            return Op.Record(new ChannelBlend(), [a, kx, shift, b, kz], y);
        }
    }

    /// <summary>[N, C, …] seen as [N, C, pixels].</summary>
    private static View Planes(Tensor x) =>
        x.Detach().Reshape(x.Shape[0], x.Shape[1], checked((int)(x.Count / Math.Max(1, (long)x.Shape[0] * x.Shape[1])))).View;

    private static void CheckChannels(string operation, Tensor x, params ReadOnlySpan<Tensor> numbers)
    {
        Check.Float(operation, x);
        if (x.Rank < 2) Throw.Argument($"{operation}: {x.Shape} has no channel axis; it needs [N, C, ...].");
        foreach (Tensor each in numbers)
        {
            Check.Alike(operation, x, each);
            if (each.Shape != new Shape(x.Shape[1]))
            {
                Throw.Argument($"{operation}: {each.Shape} for {x.Shape}: one number a channel is needed, [{x.Shape[1]}].");
            }
        }
    }
}
