using System.Text.Json.Nodes;
using MiniGrad.Probes.Distances;

namespace MiniGrad.Lab.Models;

/// <summary>LPIPS with weights from two files.</summary>
internal sealed record LoadedLpips(Lpips Lpips, string Net, string BackboneSha256, string HeadsSha256)
{
    /// <summary>Adds which LPIPS it was to a result.</summary>
    public void Describe(JsonObject result)
    {
        result["lpips_net"] = Net;
        result["lpips_backbone_sha256"] = BackboneSha256;
        result["lpips_heads_sha256"] = HeadsSha256;
    }
}
