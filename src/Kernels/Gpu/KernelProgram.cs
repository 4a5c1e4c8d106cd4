using System.Collections.Concurrent;
using System.Reflection;
using System.Text;

namespace MiniGrad.Kernels.Gpu;

/// <summary>The text of a program in OpenCL C: definitions, then files of the folder Kernels one after another.</summary>
/// <param name="Name">Tells it from all others; also the name of the file that holds it compiled ahead of time.</param>
internal sealed record KernelProgram(string Name, string Text)
{
    private static readonly ConcurrentDictionary<string, string> Files = new();

    /// <summary>A program of one element type, with further definitions.</summary>
    public static KernelProgram Of(string name, DType type, string definitions, params ReadOnlySpan<string> files) =>
        Of($"{name}-{type.ToString().ToLowerInvariant()}",
            $"#define REAL {CName(type)}\n#define REAL_IS_{(type == DType.F64 ? "DOUBLE" : "SINGLE")}\n{definitions}", files);

    /// <summary>A program with definitions of its own.</summary>
    public static KernelProgram Of(string name, string definitions, params ReadOnlySpan<string> files)
    {
        StringBuilder text = new();
        text.Append(definitions).Append('\n').Append(File("prelude"));
        foreach (string file in files) text.Append(File(file));
        return new(name, text.ToString());
    }

    /// <summary>The same program with a text and a file more.</summary>
    public KernelProgram Then(string text, string file) => new(Name, Text + text + File(file));

    /// <summary>The type of OpenCL C that holds an element.</summary>
    public static string CName(DType type) => type switch
    {
        DType.F32 => "float",
        DType.F64 => "double",
        DType.I32 => "int",
        _ => "uchar",
    };

    private static string File(string name) => Files.GetOrAdd(name, static name =>
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"MiniGrad.Kernels.Gpu.Kernels.{name}.cl")
            ?? throw new InvalidOperationException($"gpu: the kernel file {name}.cl is not in this build.");
        using StreamReader reader = new(stream);
        return $"#line 1 \"{name}.cl\"\n" + reader.ReadToEnd();
    });
}
