using System.Text.Json;

namespace MiniGrad.Kernels.Gpu;

/// <summary>What the self-test said of a device, as a small file beside the compiled programs.</summary>
internal sealed record GpuSelfTestVerdict(string Device, string Driver, bool Passed, string Sentence)
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    /// <summary>A name of its own for each device, driver and build of MiniGrad.</summary>
    public static string FileName(GpuFacts facts)
    {
        // The build of this assembly stands for the kernels, compiled or not, and for the code that calls them.
        string key = $"{facts.Identity}\n{typeof(GpuSelfTestVerdict).Module.ModuleVersionId}{OpenClDriver.MoreOptions}";
        return $"selftest-{ProgramCache.Hash(key)}.json";
    }

    /// <summary>The stored verdict; none where the file is missing or is none of ours.</summary>
    public static GpuSelfTestVerdict? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<GpuSelfTestVerdict>(File.ReadAllBytes(path)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Write(string path) => ProgramCache.WriteWhole(path, JsonSerializer.SerializeToUtf8Bytes(this, Options));
}
