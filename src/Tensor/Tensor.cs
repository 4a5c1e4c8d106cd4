using System.Runtime.InteropServices;

namespace MiniGrad;

/// <summary>
/// An immutable array of numbers: a storage, the layout in which it is read, and what made it. Carries no arithmetic;
/// operators and methods come from the ops.
/// </summary>
public sealed class Tensor
{
    /// <summary>The elements of a storage that a layout names, with what made them.</summary>
    /// <exception cref="ArgumentException">The layout reaches outside the storage.</exception>
    public Tensor(Storage storage, Layout layout, Origin? origin = null)
    {
        if ((layout.Least < 0 || layout.Most >= storage.Count) && layout.Shape.Count > 0)
        {
            Throw.Argument($"tensor: the layout of {layout.Shape} reaches from {layout.Least} to {layout.Most}, "
                + $"the storage holds {storage.Count} elements.");
        }
        Storage = storage;
        Layout = layout;
        Origin = origin;
    }

    /// <summary>The block that holds the elements.</summary>
    public Storage Storage { get; }

    /// <summary>Where in the block they lie.</summary>
    public Layout Layout { get; }

    /// <summary>What made this tensor, when derivatives must find their way back; otherwise none.</summary>
    public Origin? Origin { get; }

    /// <summary>The size of each axis.</summary>
    public ref readonly Shape Shape => ref Layout.Shape;

    /// <summary>The number of axes.</summary>
    public int Rank => Layout.Shape.Rank;

    /// <summary>The number of elements.</summary>
    public long Count => Layout.Shape.Count;

    /// <summary>The element type.</summary>
    public DType Type => Storage.Type;

    /// <summary>Who holds and computes the tensor.</summary>
    public Device Device => Storage.Device;

    /// <summary>Storage and layout, as kernels take them.</summary>
    public View View => new(Storage, Layout);

    /// <summary>An uninitialised row-major tensor.</summary>
    public static Tensor Empty(Shape shape, DType type, Device? device = null) =>
        new((device ?? Device.Cpu).Allocate(type, shape.Count), Layout.Contiguous(shape));

    /// <summary>An uninitialised row-major tensor of the shape, type and device of another.</summary>
    public static Tensor EmptyLike(Tensor x) => new(x.Device.Allocate(x.Type, x.Count), x.Layout.ToContiguous());

    /// <summary>A tensor with these elements in row-major order.</summary>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape, Device? device = null) where T : unmanaged
    {
        if (values.Length != shape.Count) Throw.Argument($"tensor: {values.Length} values for shape {shape}, which holds {shape.Count}.");
        Tensor tensor = Empty(shape, DTypes.Of<T>(), device);
        tensor.Storage.Upload(MemoryMarshal.AsBytes(values));
        return tensor;
    }

    /// <summary>A tensor with these elements in row-major order.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape, or no element type stores T.</exception>
    public static Tensor From<T>(T[] values, Shape shape, Device? device = null) where T : unmanaged =>
        From((ReadOnlySpan<T>)values, shape, device);

    /// <summary>A tensor of one axis.</summary>
    public static Tensor From<T>(params T[] values) where T : unmanaged => From((ReadOnlySpan<T>)values, [values.Length]);

    /// <summary>A tensor without axes.</summary>
    public static Tensor Scalar<T>(T value, Device? device = null) where T : unmanaged =>
        From((ReadOnlySpan<T>)[value], Shape.Scalar, device);

    /// <summary>The elements in row-major order, copied to the host.</summary>
    /// <exception cref="ArgumentException">T is not the element type.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        T[] result = new T[Count];
        CopyTo<T>(result);
        return result;
    }

    /// <summary>Copies the elements in row-major order to the host, into the first places of the target.</summary>
    /// <exception cref="ArgumentException">T is not the element type, or the target is too short.</exception>
    public void CopyTo<T>(Span<T> target) where T : unmanaged
    {
        if (DTypes.Of<T>() != Type) Throw.Argument($"tensor: holds {Type}, asked for {DTypes.Of<T>()}. Cast it first.");
        if (target.Length < Count) Throw.Argument($"tensor: {Shape} has {Count} elements, the target {target.Length}.");
        target = target[..(int)Count];
        if (target.Length == 0) return;
        if (Layout.IsContiguous && Layout.Offset == 0)
        {
            Storage.Download(MemoryMarshal.AsBytes(target));
            return;
        }
        T[] all = new T[Storage.Count];
        Storage.Download(MemoryMarshal.AsBytes(all.AsSpan()));
        Gather(all, target);
    }

    /// <summary>The only element, as a double.</summary>
    /// <exception cref="ArgumentException">The tensor has not one element.</exception>
    public double Item()
    {
        if (Count != 1) Throw.Argument($"tensor: has shape {Shape}, not one element. Reduce it, or index it.");
        return Type switch
        {
            DType.F32 => ToArray<float>()[0],
            DType.F64 => ToArray<double>()[0],
            DType.I32 => ToArray<int>()[0],
            _ => ToArray<byte>()[0],
        };
    }

    /// <summary>The same values without their history.</summary>
    public Tensor Detach() => Origin is null ? this : new(Storage, Layout);

    /// <summary>Type, shape and device, not the elements.</summary>
    public override string ToString() => $"{Type} {Shape} on {Device}";

    private void Gather<T>(T[] all, Span<T> result)
    {
        Span<int> index = stackalloc int[Math.Max(1, Rank)];
        index.Clear();
        long at = Layout.Offset;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = all[at];
            for (int axis = Rank - 1; axis >= 0; axis--)
            {
                at += Layout.Stride(axis);
                if (++index[axis] < Shape[axis]) break;
                at -= Layout.Stride(axis) * index[axis];
                index[axis] = 0;
            }
        }
    }
}
