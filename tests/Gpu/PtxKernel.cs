using System.Text;
using System.Text.RegularExpressions;
using MiniGrad.Kernels.Gpu;

namespace MiniGrad.Tests.Gpu;

/// <summary>A kernel as its PTX declares it: its name, the sizes of its parameters in bytes, and the size of its groups.</summary>
internal sealed partial record PtxKernel(string Entry, string Sizes, int Group)
{
    /// <summary>The kernels of a program in the archive of this build.</summary>
    public static PtxKernel[] Of(KernelProgram program)
    {
        string ptx = Encoding.ASCII.GetString(PtxArchive.OfThisBuild.Find(program));
        return [.. Declaration().Matches(ptx).Select(match => new PtxKernel(
            match.Groups["name"].Value,
            string.Join(' ', Parameter().Matches(match.Groups["parameters"].Value).Select(Size)),
            int.Parse(match.Groups["group"].Value)))];
    }

    // .param .u64 name and .param .f32 name are numbers; .param .align 8 .b8 name[104] is a struct.
    private static int Size(Match parameter) =>
        parameter.Groups["bytes"] is { Success: true } bytes ? int.Parse(bytes.Value) : int.Parse(parameter.Groups["bits"].Value) / 8;

    [GeneratedRegex(@"\.visible \.entry (?<name>\w+)\((?<parameters>[^)]*)\)\s*\.reqntid (?<group>\d+), 1, 1")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\.param (\.align \d+ )?\.[usfb](?<bits>8|16|32|64) \w+(\[(?<bytes>\d+)\])?")]
    private static partial Regex Parameter();
}
