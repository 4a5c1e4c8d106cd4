using System.Text;
using MiniGrad.Formats.Weights;

namespace MiniGrad.Fuzz;

/// <summary>Valid safetensors files: of this program, and with the types that it reads but does not write.</summary>
internal static class SafetensorsSeeds
{
    public static IReadOnlyList<string> Words { get; } =
    [
        .. JsonSeeds.Words, "dtype", "shape", "data_offsets", "__metadata__",
        "F32", "F16", "BF16", "F64", "I64", "I32", "I16", "I8", "U8", "BOOL",
        "F8_E4M3", "F4", "F31", "[0,0]", "[4294967296,4294967296]", "[0,9223372036854775807]",
    ];

    public static IReadOnlyList<byte[]> Make() =>
    [
        Raw("{}", 0),
        SeedFile.Of(path => Safetensors.Write(path,
            [
                ("conv.weight", Tensor.From([1f, -2, 3, 4, 5, 6], [2, 3])),
                ("conv.bias", Tensor.From([0.5, 1e300])),
                ("steps", Tensor.Scalar(7)),
                ("mask", Tensor.From([true, false, true])),
                ("empty", Tensor.From(Array.Empty<float>(), [0, 4])),
            ],
            new Dictionary<string, string> { ["format"] = "pt", ["mean"] = "0.5" })),
        Raw("""{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1,2],"data_offsets":[4,8]}}""", 8),
        Raw("""{"i":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""", 1),
        Raw("""{"long":{"dtype":"I64","shape":[3],"data_offsets":[0,24]}}   """, 24),
    ];

    private static byte[] Raw(string header, int data) =>
        [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[data]];
}
