using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>The operations on tensors. Each stands in a file of its name.</summary>
public static partial class Ops
{
    /// <summary>A tensor with every element equal.</summary>
    public static Tensor Full(Shape shape, double value, DType type = DType.F32, Device? device = null)
    {
        Tensor y = Tensor.Empty(shape, type, device);
        Backend.For(y.Device).Fill(y.View, value);
        return y;
    }

    /// <summary>Zeros of a shape, F32 on the processor by default.</summary>
    public static Tensor Zeros(Shape shape, DType type = DType.F32, Device? device = null) => Full(shape, 0, type, device);

    /// <summary>Ones of a shape, F32 on the processor by default.</summary>
    public static Tensor Ones(Shape shape, DType type = DType.F32, Device? device = null) => Full(shape, 1, type, device);

    /// <summary>A scalar of the type and device of x.</summary>
    public static Tensor Like(Tensor x, double value) => Full(Shape.Scalar, value, x.Type, x.Device);

    /// <summary>[N, classes] with a 1 at each label and 0 elsewhere.</summary>
    public static Tensor OneHot(ReadOnlySpan<int> labels, int classes, DType type = DType.F32, Device? device = null)
    {
        Tensor index = Tensor.From(labels, [labels.Length, 1], device);
        return Ones([labels.Length, 1], type, device).ScatterAdd(1, index, classes);
    }

    /// <summary>
    /// Uniform numbers in [0, 1), F32 [rows, count]: each row those of <see cref="Rng.Uniform(int)"/>, drawn where they
    /// are used.
    /// </summary>
    public static Tensor Uniform(ReadOnlySpan<Rng> rngs, int count, Device? device = null)
    {
        int[] keys = new int[2 * rngs.Length];
        for (int row = 0; row < rngs.Length; row++)
        {
            (uint first, uint second) = rngs[row].Key;
            (keys[2 * row], keys[2 * row + 1]) = ((int)first, (int)second);
        }
        Tensor y = Tensor.Empty([rngs.Length, count], DType.F32, device);
        Backend.For(y.Device).Uniform(Tensor.From(keys, [rngs.Length, 2], device).View, y.View);
        return y;
    }

    extension(Tensor x)
    {
        /// <summary>The same values as the start of a graph: derivatives can be asked for in the result.</summary>
        public Tensor Tracked() =>
            x.Origin is null || Recording.IsPaused ? Node.Join(null, [], x) : new Identity().Apply(x);

        /// <summary>
        /// The values on another device, or in another backend's hands. Processors with other settings share the
        /// memory. Not recorded.
        /// </summary>
        public Tensor To(Device device)
        {
            if (ReferenceEquals(x.Device, device)) return x;
            if (x.Storage is CpuStorage held && held.SharedWith(device) is { } shared) return new Tensor(shared, x.Layout);
            Tensor dense = x.Layout.IsContiguous && x.Layout.Offset == 0 ? x : MiniGrad.Contiguous.Copy(x);
            Tensor y = Tensor.Empty(x.Shape, x.Type, device);
            int size = checked((int)(dense.Count * dense.Type.Size()));
            if (x.Device.IsCpu) y.Storage.Upload(((CpuStorage)dense.Storage).Bytes[..size]);
            else if (device.IsCpu) dense.Storage.Download(((CpuStorage)y.Storage).Bytes[..size]);
            else
            {
                byte[] bytes = new byte[size];
                dense.Storage.Download(bytes);
                y.Storage.Upload(bytes);
            }
            // The bytes of a storage that was dropped may be given away before they are copied.
            GC.KeepAlive(dense);
            GC.KeepAlive(y);
            return y;
        }

        /// <summary>Whether derivatives can be asked for in this tensor or in what it was computed from.</summary>
        public bool IsTracked => x.Origin is not null;
    }

    /// <summary>A fresh start of a graph inside another graph.</summary>
    private sealed class Identity : LinearOp
    {
        public override string Name => "identity";

        protected override Tensor Compute(Tensor x) => x.Detach();

        protected override Tensor Adjoint(Tensor u) => u;
    }
}
