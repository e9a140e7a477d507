using System.CommandLine;
using Mambascope.Attribution;

namespace Mambascope.Cli;

/// <summary>--mode: the forms of the paper's methods, one or several.</summary>
internal static class ModeOption
{
    /// <summary>The option.</summary>
    /// <param name="withReleased">Whether the released code of Vision Mamba is among them.</param>
    internal static Option<AttributionMode[]> Create(bool withReleased = true) => OptionKinds.Choices(
        "--mode",
        $"Forms of raw, rollout and attribution: the exact mixer, the paper's equations{(withReleased ? ", or the released code" : "")}; "
            + "METHOD.FORM says it for one method [default: exact]",
        [
            ("exact", AttributionMode.Exact),
            ("paper", AttributionMode.Paper),
            .. withReleased ? new[] { ("official", AttributionMode.Official) } : [],
        ]);
}
