using System.Runtime.InteropServices;

namespace MiniGrad.Formats;

/// <summary>The bytes of a tensor's elements in row-major order, without a copy where they already lie so in host memory.</summary>
internal static class HostBytes
{
    public static ReadOnlySpan<byte> Bytes(Tensor tensor)
    {
        int size = tensor.Type.Size();
        if (tensor.Layout.IsContiguous && tensor.Device.IsCpu && tensor.Storage is CpuStorage storage)
        {
            return tensor.Count == 0
                ? default
                : storage.Bytes.Slice(checked((int)(tensor.Layout.Offset * size)), checked((int)(tensor.Count * size)));
        }
        return tensor.Type switch
        {
            DType.F32 => MemoryMarshal.AsBytes(tensor.ToArray<float>().AsSpan()),
            DType.F64 => MemoryMarshal.AsBytes(tensor.ToArray<double>().AsSpan()),
            DType.I32 => MemoryMarshal.AsBytes(tensor.ToArray<int>().AsSpan()),
            _ => tensor.ToArray<byte>(),
        };
    }
}
