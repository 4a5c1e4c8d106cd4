using System.Diagnostics;
using MiniGrad.Lab;

namespace MiniGrad.Fuzz;

/// <summary>Has a target read one input and judges how: by its exception, its time, its memory and its words.</summary>
internal sealed class FuzzProbe : IDisposable
{
    /// <summary>A limit counts as broken when it is broken every time: others use this computer, too.</summary>
    private const int Repeats = 3;

    private const int LongestMessage = 1500;
    private const int LongestShown = 300;
    private const int ReasonLetters = 20;

    private readonly FuzzTarget target;
    private readonly string path;
    private readonly ResidentMemory resident = new();
    private long peak;

    public FuzzProbe(FuzzTarget target, string folder)
    {
        this.target = target;
        path = Path.Combine(folder, target.FileName);
        peak = resident.Peak();
    }

    public FuzzOutcome Run(byte[] input)
    {
        FuzzOutcome outcome = Once(input, out bool limit);
        for (int i = 1; i < Repeats && limit; i++)
        {
            resident.Reset();
            peak = resident.Peak();
            outcome = Once(input, out limit);
        }
        return outcome;
    }

    public void Dispose() => resident.Dispose();

    private FuzzOutcome Once(byte[] input, out bool limit)
    {
        File.WriteAllBytes(path, input);
        Exception? error = null;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        try
        {
            target.Read(path);
        }
        catch (Exception caught)
        {
            error = caught;
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        // It never falls by itself, so that the peak after one input is the one before the next.
        long grown = resident.Peak() - peak;
        peak += grown;
        limit = true;
        if (seconds > target.MostSeconds) return new(null, $"took {seconds:0.0} s, at most {target.MostSeconds} s are allowed", "time");
        if (allocated > target.Allowance(input.Length))
        {
            return new(null,
                $"allocated {allocated} bytes for a file of {input.Length}, {target.Allowance(input.Length)} are allowed", "memory");
        }
        if (grown > FuzzTarget.MostBytes)
        {
            return new(null, $"the process grew by {grown} bytes, {FuzzTarget.MostBytes} are allowed", "memory");
        }
        limit = false;
        if (error is null) return default;
        if (!target.Refuses(error))
        {
            return new(null, $"{error.GetType().Name}: {Shown(error.Message)}", $"{error.GetType().Name} {Reason(error.Message)}");
        }
        return WrongWords(error) is { } wrong
            ? new(null, $"{wrong}: {Shown(error.Message)}", wrong)
            : new(Reason(error.Message.AsSpan(path.Length)), null, null, Shown(error.Message));
    }

    /// <summary>What a refusal must say: the file first, on one line that can be read, with exit code 3.</summary>
    private string? WrongWords(Exception error)
    {
        string text = error.Message;
        if (ErrorReport.CodeOf(error) != ExitCode.BadInput) return $"leads to exit code {ErrorReport.CodeOf(error)}";
        if (!text.StartsWith(path, StringComparison.Ordinal)) return "the message does not start with the path";
        if (text.Length > LongestMessage) return $"the message has more than {LongestMessage} characters";
        foreach (char c in text)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029') return "the message holds a control character";
        }
        return error is BadFileException { Offset: < 0 } ? "the offset is negative" : null;
    }

    /// <summary>
    /// What tells reasons apart: the first small letters of the message, among which are hardly any from the file. The place in the
    /// stack would not do: methods vanish from it as the compiler comes to inline them, and one defect would count as several.
    /// </summary>
    private static string Reason(ReadOnlySpan<char> message)
    {
        Span<char> letters = stackalloc char[ReasonLetters];
        int count = 0;
        bool quoted = false;
        foreach (char c in message)
        {
            quoted ^= c == '"';
            if (!quoted && char.IsAsciiLetterLower(c)) letters[count++] = c;
            if (count == ReasonLetters) break;
        }
        return new(letters[..count]);
    }

    private static string Shown(string text) => ErrorReport.OneLine(text.Length > LongestShown ? text[..LongestShown] + "…" : text);
}

/// <summary>
/// What a reader made of one input: it read it, refused it for a reason (<paramref name="Refusal"/> tells it from others,
/// <paramref name="Message"/> says it), or did what it must not (<paramref name="Problem"/>; equal
/// <paramref name="Signature"/>s are one defect).
/// </summary>
internal readonly record struct FuzzOutcome(string? Refusal, string? Problem, string? Signature, string? Message = null);
