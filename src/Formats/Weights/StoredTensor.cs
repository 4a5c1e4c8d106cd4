using System.Runtime.InteropServices;

namespace MiniGrad.Formats.Weights;

/// <summary>Makes tensors of the numbers of a file; what a tensor cannot hold is refused before memory is taken for it.</summary>
internal static class StoredTensor
{
    /// <summary>The most bytes one tensor can hold in memory.</summary>
    private const long LargestTensor = 2_000_000_000;

    private const int Piece = 64 * 1024;
    private const int GatherPiece = 4 << 20;

    /// <summary>
    /// Numbers that lie in row-major order from a byte of the range on: read straight into
    /// the tensor where no conversion is needed.
    /// </summary>
    public static Tensor Read(WeightEntry entry, StoredBytes range, long at = 0)
    {
        Tensor tensor = Empty(entry, range, at);
        Span<byte> target = ((CpuStorage)tensor.Storage).Bytes;
        int width = StoredType.Size(entry.DType);
        if (StoredType.IsAsInTensor(entry.DType))
        {
            range.Fill(target, at);
            if (StoredType.Check(entry.DType, target, out int odd) is { } problem)
            {
                throw range.Bad(at + odd, $"{Printable.Name(entry.Name)}: {problem}");
            }
            return tensor;
        }
        long count = entry.Count;
        int wide = tensor.Type.Size();
        byte[] buffer = new byte[(int)Math.Min(count * width, Piece)];
        for (long done = 0; done < count;)
        {
            int part = (int)Math.Min(count - done, buffer.Length / width);
            Span<byte> stored = buffer.AsSpan(0, part * width);
            range.Fill(stored, at + done * width);
            if (StoredType.Convert(entry.DType, stored, target.Slice((int)done * wide, part * wide), out int odd) is { } problem)
            {
                throw range.Bad(at + (done + odd) * width, $"{Printable.Name(entry.Name)}: {problem}");
            }
            done += part;
        }
        return tensor;
    }

    /// <summary>
    /// Numbers in any other order: element (i, j, …) lies at <c>offset + i·strides[0] + j·strides[1] + …</c>, counted in
    /// numbers. The axis with the widest stride is read in parts, so that a transposed matrix is not held twice.
    /// </summary>
    public static Tensor Gather(WeightEntry entry, StoredBytes range, long offset, ReadOnlySpan<long> strides)
    {
        int width = StoredType.Size(entry.DType);
        Tensor tensor = Empty(entry, range, offset * width);
        if (tensor.Count == 0) return tensor;
        Span<byte> target = ((CpuStorage)tensor.Storage).Bytes;
        int wide = tensor.Type.Size();
        bool same = StoredType.IsAsInTensor(entry.DType);

        long[] part = (long[])entry.Shape.Clone();
        int axis = Widest(entry.Shape, strides);
        long size = entry.Shape[axis];
        long rest = 1;
        for (int i = 0; i < strides.Length; i++) rest += i == axis ? 0 : (entry.Shape[i] - 1) * strides[i];
        long rows = size == 1 || rest > strides[axis] ? size : Math.Clamp(GatherPiece / (strides[axis] * width), 1, size);
        long reach = (rows - 1) * strides[axis] + rest;
        if ((Int128)reach * width > LargestTensor)
        {
            throw range.Bad(offset * width, $"{Printable.Name(entry.Name)} is spread over {reach} numbers, too many. Save it contiguous");
        }
        long outer = Product(entry.Shape.AsSpan(0, axis));
        long inner = Product(entry.Shape.AsSpan(axis + 1));
        byte[] lying = new byte[reach * width];
        byte[] ordered = new byte[outer * rows * inner * width];
        byte[] converted = same ? ordered : new byte[outer * rows * inner * wide];
        for (long first = 0; first < size; first += rows)
        {
            part[axis] = Math.Min(rows, size - first);
            int count = (int)(outer * part[axis] * inner);
            range.Fill(lying.AsSpan(0, (int)(((part[axis] - 1) * strides[axis] + rest) * width)), (offset + first * strides[axis]) * width);
            Order(lying, ordered.AsSpan(0, count * width), width, part, strides);
            string? problem = same
                ? StoredType.Check(entry.DType, ordered.AsSpan(0, count * width), out _)
                : StoredType.Convert(entry.DType, ordered.AsSpan(0, count * width), converted.AsSpan(0, count * wide), out _);
            if (problem is not null) throw range.Bad(offset * width, $"{Printable.Name(entry.Name)}: {problem}");
            int run = (int)(part[axis] * inner * wide);
            for (int o = 0; o < outer; o++) converted.AsSpan(o * run, run).CopyTo(target[(int)((o * size + first) * inner * wide)..]);
        }
        return tensor;
    }

    /// <summary>The axis whose steps are the longest; one of size 1 takes no steps, whatever its stride.</summary>
    private static int Widest(long[] shape, ReadOnlySpan<long> strides)
    {
        int widest = 0;
        for (int i = 1; i < shape.Length; i++)
        {
            if (shape[i] > 1 && (shape[widest] == 1 || strides[i] > strides[widest])) widest = i;
        }
        return widest;
    }

    private static long Product(ReadOnlySpan<long> sizes)
    {
        long product = 1;
        foreach (long size in sizes) product *= size;
        return product;
    }

    private static void Order(ReadOnlySpan<byte> lying, Span<byte> ordered, int width, long[] shape, ReadOnlySpan<long> strides)
    {
        switch (width)
        {
            case 1:
                Order(lying, ordered, shape, strides);
                break;
            case 2:
                Order(MemoryMarshal.Cast<byte, ushort>(lying), MemoryMarshal.Cast<byte, ushort>(ordered), shape, strides);
                break;
            case 4:
                Order(MemoryMarshal.Cast<byte, uint>(lying), MemoryMarshal.Cast<byte, uint>(ordered), shape, strides);
                break;
            default:
                Order(MemoryMarshal.Cast<byte, ulong>(lying), MemoryMarshal.Cast<byte, ulong>(ordered), shape, strides);
                break;
        }
    }

    /// <summary>Copies numbers into row-major order, one row of the last axis after another.</summary>
    private static void Order<T>(ReadOnlySpan<T> lying, Span<T> ordered, long[] shape, ReadOnlySpan<long> strides)
    {
        int rank = shape.Length;
        Span<long> index = stackalloc long[Shape.MaxRank];
        index.Clear();
        long at = 0;
        for (int done = 0; done < ordered.Length;)
        {
            long step = rank == 0 ? 0 : strides[rank - 1];
            int row = rank == 0 ? 1 : (int)shape[rank - 1];
            for (int i = 0; i < row; i++) ordered[done++] = lying[(int)(at + i * step)];
            for (int axis = rank - 2; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < shape[axis]) break;
                at -= strides[axis] * index[axis];
                index[axis] = 0;
            }
        }
    }

    /// <summary>An uninitialised tensor for an entry.</summary>
    private static Tensor Empty(WeightEntry entry, StoredBytes range, long at)
    {
        string name = Printable.Name(entry.Name);
        if (StoredType.InTensor(entry.DType) is not { } type)
        {
            throw range.Bad(at, $"{name} is stored as {entry.DType}, which is not read. Store it as F32 or I32");
        }
        if (entry.Shape.Length > Shape.MaxRank)
        {
            throw range.Bad(at, $"{name} has {entry.Shape.Length} axes, a tensor has at most {Shape.MaxRank}. Merge some axes");
        }
        int[] sizes = new int[entry.Shape.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            if (entry.Shape[i] > int.MaxValue) throw range.Bad(at, $"{name}: size {entry.Shape[i]} of axis {i} exceeds {int.MaxValue}");
            sizes[i] = (int)entry.Shape[i];
        }
        Int128 bytes = (Int128)entry.Count * Math.Max(type.Size(), StoredType.Size(entry.DType));
        if (bytes > LargestTensor)
        {
            throw range.Bad(at, $"{name} needs {bytes} bytes, a tensor has at most {LargestTensor}. Store it in parts");
        }
        return Tensor.Empty(new(sizes), type);
    }
}
