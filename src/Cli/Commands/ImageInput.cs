using System.Globalization;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;

namespace MiniGrad.Cli.Commands;

/// <summary>Images from outside, checked before a network sees them: their size, and that every pixel lies in [0, 1].</summary>
internal static class ImageInput
{
    private const string Name = "x";

    /// <summary>The shape of one image of the tensor x; none where there is no such tensor, which <see cref="Read"/> tells.</summary>
    public static Shape? ShapeIn(string path)
    {
        InputFile.Check(path, "--input");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        SafetensorsEntry? entry = file.Entries.FirstOrDefault(entry => entry.Name == Name);
        return entry is { Shape.Length: 4 } && entry.Shape.All(size => size is > 0 and <= int.MaxValue)
            ? [(int)entry.Shape[1], (int)entry.Shape[2], (int)entry.Shape[3]]
            : null;
    }

    /// <summary>The tensor x of a safetensors file, in the shape that a network takes.</summary>
    public static Tensor Read(string path, LoadedModel model)
    {
        Tensor x = ReadTensor(path, "--input");
        if (new Shape(x.Shape.Sizes[1..]) != model.Network.InputShape)
        {
            string wanted = string.Join(", ", model.Network.InputShape.ToArray());
            throw new InputException(
                $"--input: {path}: {Name} has shape {x.Shape}, {model.Architecture} takes [N, {wanted}]. Reshape or resize the images.");
        }
        return x;
    }

    /// <summary>The tensor x of a safetensors file: images of any size.</summary>
    public static Tensor ReadTensor(string path, string what)
    {
        InputFile.Check(path, what);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Names.Contains(Name))
        {
            throw new InputException($"{what}: {path} holds no tensor \"{Name}\". It holds: "
                + $"{(file.Names.Count == 0 ? "nothing" : string.Join(", ", file.Names.Take(10)))}.");
        }
        Tensor x = file.Read(Name);
        if (!x.Type.IsFloat())
        {
            throw new InputException($"{what}: {path}: {Name} holds {x.Type}, not F32 or F64. Store pixels as numbers in [0, 1].");
        }
        if (x.Rank != 4) throw new InputException($"{what}: {path}: {Name} has shape {x.Shape}, images have [N, C, H, W]. Reshape them.");
        if (x.Count == 0) throw new InputException($"{what}: {path}: {Name} has shape {x.Shape}: no images. Give at least one.");
        CheckPixels(path, what, x);
        return x;
    }

    private static void CheckPixels(string path, string what, Tensor x)
    {
        double[] values = x.Cast(DType.F64).ToArray<double>();
        int odd = Array.FindIndex(values, value => !(value >= 0 && value <= 1));
        if (odd < 0) return;
        int[] place = new int[4];
        for (int axis = 3, rest = odd; axis >= 0; rest /= x.Shape[axis], axis--) place[axis] = rest % x.Shape[axis];
        string value = x.Type == DType.F32
            ? ((float)values[odd]).ToString("R", CultureInfo.InvariantCulture)
            : values[odd].ToString("R", CultureInfo.InvariantCulture);
        throw new InputException($"{what}: {path}: {Name}[{string.Join(", ", place)}] is {value}, outside [0, 1]. "
            + "Scale pixels to [0, 1]; networks normalise them themselves.");
    }
}
