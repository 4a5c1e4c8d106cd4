using System.Text;

namespace MiniGrad.Fuzz;

/// <summary>Steps of Python's pickle (protocol 2) that make what PyTorch files hold.</summary>
internal static class PickleBytes
{
    public static byte[] Whole(params byte[] steps) => [0x80, 2, .. steps, (byte)'.'];

    public static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)];

    public static byte[] Number(int value) =>
        value is >= 0 and < 256 ? [(byte)'K', (byte)value] : [(byte)'J', .. BitConverter.GetBytes(value)];

    public static byte[] Name(string module, string name) => Encoding.ASCII.GetBytes($"c{module}\n{name}\n");

    public static byte[] Tuple(params byte[][] items) => [(byte)'(', .. items.SelectMany(item => item), (byte)'t'];

    public static byte[] Numbers(params int[] values) => Tuple([.. values.Select(Number)]);

    /// <summary>A dictionary that is numbered and filled as PyTorch does.</summary>
    public static byte[] Dictionary(byte memo, params (string Key, byte[] Value)[] items) =>
        [(byte)'}', (byte)'q', memo, (byte)'(', .. items.SelectMany(item => (byte[])[.. Text(item.Key), .. item.Value]), (byte)'u'];

    /// <summary>A storage that lies outside of the pickle; newer files say nothing of views, older ones None.</summary>
    public static byte[] Storage(string type, string key, int count, bool old = false) =>
        [.. Tuple(Text("storage"), Name("torch", type), Text(key), Text("cpu"), Number(count), old ? "N"u8.ToArray() : []), (byte)'Q'];

    public static byte[] Tensor(byte[] storage, int offset, int[] sizes, int[] strides)
    {
        byte[] hooks = [.. Name("collections", "OrderedDict"), (byte)')', (byte)'R'];
        return [.. Name("torch._utils", "_rebuild_tensor_v2"),
            .. Tuple(storage, Number(offset), Numbers(sizes), Numbers(strides), [0x89], hooks), (byte)'R'];
    }
}
