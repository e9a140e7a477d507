namespace Mambascope.FirstRun;

/// <summary>What people ask first: the command lines whose generic methods are compiled ahead.</summary>
internal static class FirstRuns
{
    private const string Picture = "samples/two-items.png";
    private const string Text = "To be, or not to b";

    /// <summary>The command lines; what they write goes into <paramref name="folder"/>.</summary>
    public static IEnumerable<string[]> Of(string folder)
    {
        string Out(string name) => Path.Combine(folder, name);
        return
        [
            ["--version"],
            ["--help"],
            ["explain", "--help"],
            ["info", "demo-vim"],
            ["info", "demo-vim", "--json"],
            ["run", Picture],
            ["run", Picture, "--json"],
            ["explain", Picture, "--out", Out("one.png"), "--threads", "2"],
            ["explain", Picture, "--json", "--save", Out("one.safetensors")],
            ["explain", Picture, "--method", "raw,rollout,attribution,mamba-lrp,input-x-gradient", "--out", Out("many.png")],
            ["explain", Picture, "--method", "integrated-gradients", "--out", Out("integrated.png")],
            ["explain", Picture, "--mode", "official", "--method", "attribution", "--out", Out("official.png")],
            ["explain", Picture, Picture, "--out", Out("page.html")],
            ["explain", Picture, "--model", "demo-deit", "--out", Out("deit.png")],
            ["attention", Picture, "--layer", "5", "--out", Out("attention.png")],
            ["run", "--text", Text],
            ["explain", "--text", Text],
            ["explain", "--text", Text, "--json"],
            ["explain", "--text", Text, "--out", Out("text.html")],
            ["explain", "--text", Text, "--model", "demo-hybrid", "--method", "attribution"],
            ["continuation", "--text", "KING RICHARD:", "--generate", "4", "--out", Out("words.png")],
            ["knockout", "--text", Text],
        ];
    }
}
