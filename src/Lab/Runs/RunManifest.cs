using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniGrad.Lab.Runs;

/// <summary>What a run folder records about its run: the command, what decides its outcome, and where it was computed.</summary>
internal static class RunManifest
{
    /// <summary>
    /// A manifest. <paramref name="identity"/> is all that decides the outcome: a run may only go on where it is equal.
    /// </summary>
    public static JsonObject Create(Session session, RunSettings settings, string command, JsonObject identity, long seed) => new()
    {
        ["schema"] = RunFolder.Schema,
        ["command"] = command,
        ["command_line"] = session.CommandLine,
        ["identity"] = identity.DeepClone(),
        ["seed"] = seed,
        ["started"] = Now(),
        ["version"] = Machine.Version,
        ["runtime"] = Machine.Runtime,
        ["operating_system"] = Machine.OperatingSystem,
        ["processor"] = Machine.Processor,
        ["simd_bits"] = Machine.SimdBits,
        ["device"] = settings.DeviceName,
        ["threads"] = settings.Computing.Threads,
        ["precision"] = settings.PrecisionName,
        ["exact"] = settings.Computing.Exact,
    };

    /// <summary>The time in UTC, ISO 8601.</summary>
    public static string Now() => DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
