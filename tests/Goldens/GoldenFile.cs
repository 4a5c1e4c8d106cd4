using System.Collections.Concurrent;
using System.Text.Json;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>The records of a golden file, which lies beside the test assembly.</summary>
public static class GoldenFile
{
    private static readonly ConcurrentDictionary<string, IReadOnlyList<GoldenRecord>> Files = new(StringComparer.Ordinal);

    public static IReadOnlyList<GoldenRecord> Read(string file) => Files.GetOrAdd(file, name =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Goldens", name))
            .Select(line => new GoldenRecord(JsonElement.Parse(line)))]);

    public static GoldenRecord Find(string file, string name, string @case, string type) =>
        Read(file).Single(record => record.Name == name && record.Case == @case && record.TypeName == type);

    /// <summary>A row per record and device: every record on the fast kernels, those in F64 on the reference as well where asked.</summary>
    public static TheoryData<string, string, string, string> Rows(string file, Func<GoldenRecord, bool> onReference)
    {
        TheoryData<string, string, string, string> rows = [];
        foreach (GoldenRecord record in Read(file))
        {
            rows.Add(record.Name, record.Case, record.TypeName, Device.Cpu.Name);
            if (record.Type == DType.F64 && onReference(record)) rows.Add(record.Name, record.Case, record.TypeName, Device.Reference.Name);
        }
        return rows;
    }

    public static Device DeviceOf(string name) => name == Device.Cpu.Name ? Device.Cpu : Device.Reference;
}
