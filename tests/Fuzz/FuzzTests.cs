using System.Globalization;
using MiniGrad.Fuzz;
using Xunit;

namespace MiniGrad.Tests.Fuzz;

/// <summary>
/// Every reader of foreign files, fed with damaged ones for a share of MINIGRAD_FUZZ_SECONDS (6 by default): it reads or it
/// refuses, in its time and memory. A failure prints the command that repeats it.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private const double DefaultSeconds = 6;

    /// <summary>As many are read however busy the computer is, so that what follows means something.</summary>
    private const int LeastInputs = 100;

    private readonly string findings = Path.Combine(Path.GetTempPath(), "minigrad-fuzz-findings");
    private readonly string scratch = Directory.CreateTempSubdirectory("minigrad-fuzz-").FullName;

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    public void Dispose() => Directory.Delete(scratch, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_reader_refuses_and_does_nothing_else(string name)
    {
        using FuzzRun run = new(FuzzTargets.All.Single(target => target.Name == name), Seed(), scratch, findings);
        run.Run(LeastInputs);
        run.Run(TimeSpan.FromSeconds(Seconds() / FuzzTargets.All.Count));
        FuzzTally tally = run.Tally;
        Assert.True(tally.Findings.Count == 0,
            string.Join('\n', tally.Findings.Select(found => $"{found.Problem}\n  {found.Command}\n  {found.File}")));
        // Inputs that are all refused, or all read, would mean that they do not reach what they are for.
        Assert.True(tally.Inputs >= LeastInputs, $"only {tally.Inputs} inputs");
        Assert.InRange((double)tally.Refused / tally.Inputs, 0.3, 0.999);
    }

    /// <summary>The same in every run of the suite, so that it does not fail by chance.</summary>
    private static long Seed() => 1;

    private static double Seconds() =>
        double.TryParse(Environment.GetEnvironmentVariable("MINIGRAD_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out double seconds)
        && seconds > 0
            ? seconds
            : DefaultSeconds;
}
