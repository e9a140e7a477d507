using Mambascope.Checkpoints.Hub;
using Xunit;

namespace Mambascope.Tests.Checkpoints.Hub;

/// <summary>The environment of Hugging Face's tools, and names that are names.</summary>
public sealed class HubSettingsTests
{
    [Theory]
    [InlineData("HF_HUB_CACHE=/a;HF_HOME=/b", "/a")]
    [InlineData("HF_HOME=/b;XDG_CACHE_HOME=/c", "/b/hub")]
    [InlineData("XDG_CACHE_HOME=/c;HOME=/d", "/c/huggingface/hub")]
    [InlineData("HOME=/d", "/d/.cache/huggingface/hub")]
    [InlineData("HOME=/d;HF_HOME=~/e", "/d/e/hub")]
    public void The_cache_is_where_other_tools_have_it(string environment, string expected)
        => Assert.Equal(expected, HubCache.From(Environment(environment)).Folder);

    [Fact]
    public void The_token_comes_from_the_environment_or_its_file()
    {
        using var folder = new TemporaryFolder();
        folder.Write("token", "hf_file\n");
        Assert.Equal("hf_file", HubSettings.From(Environment($"HF_HOME={folder.Path}")).Token);
        Assert.Equal("hf_file", HubSettings.From(Environment($"HF_HOME=/nowhere;HF_TOKEN_PATH={folder.File("token")}")).Token);
        Assert.Equal("hf_given", HubSettings.From(Environment($"HF_HOME={folder.Path};HF_TOKEN= hf_given ")).Token);
        Assert.Null(HubSettings.From(Environment($"HF_HOME={folder.Path};HF_HUB_DISABLE_IMPLICIT_TOKEN=1")).Token);
        var refused = TemporaryFolder.OneLine(
            Assert.Throws<BadInputException>(() => HubSettings.From(Environment("HF_HOME=/nowhere;HF_TOKEN=hf_a b\u0001"))));
        Assert.DoesNotContain("hf_a", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://hub.example.org/", true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://127.0.0.1:1", true)]
    [InlineData("http://hub.example.org", false)]
    [InlineData("https://user:secret@hub.example.org", false)]
    [InlineData("hub.example.org", false)]
    [InlineData("file:///tmp", false)]
    public void The_endpoint_is_encrypted_or_on_this_machine(string endpoint, bool isFine)
    {
        var error = Record.Exception(() => HubSettings.From(Environment($"HOME=/d;HF_ENDPOINT={endpoint}")));
        Assert.Equal(isFine, error is null);
        Assert.True(isFine || error is BadInputException);
    }

    [Fact]
    public void Only_a_hub_on_this_machine_may_lead_to_this_machine_unencrypted()
    {
        var published = HubSettings.From(Environment("HOME=/d"));
        Assert.Equal("https://huggingface.co/", published.Endpoint.AbsoluteUri);
        Assert.True(published.Allows(new("https://cdn.example.org/x")));
        Assert.False(published.Allows(new("http://127.0.0.1/x")));
        Assert.False(published.IsOwn(new("https://huggingface.co.example.org/")));
        Assert.False(published.IsOwn(new("https://huggingface.co:8443/")));
        Assert.True(published.IsOwn(new("https://HuggingFace.co/x")));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void Offline_is_a_switch(string value, bool expected)
        => Assert.Equal(expected, HubSettings.From(Environment($"HOME=/d;HF_HUB_OFFLINE={value}")).IsOffline);

    [Theory]
    [InlineData("state-spaces/mamba-130m-hf", "state-spaces/mamba-130m-hf", "main")]
    [InlineData("hub:state-spaces/mamba-130m-hf", "state-spaces/mamba-130m-hf", "main")]
    [InlineData("hub:gpt2", "gpt2", "main")]
    [InlineData("a/b@v1.0", "a/b", "v1.0")]
    [InlineData("hub:a/b@refs/pr/1", "a/b", "refs/pr/1")]
    public void Names_are_understood(string text, string repository, string revision)
    {
        Assert.True(HubName.TryParse(text, out var name));
        Assert.Equal(new HubName(repository, revision), name);
        Assert.Equal(name, HubName.Parse(text));
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("../x")]
    [InlineData("a/..")]
    [InlineData("a/b/c")]
    [InlineData("/a/b")]
    [InlineData("a/b@../x")]
    [InlineData("a/b@")]
    [InlineData("a--b/c")]
    [InlineData("a/b.pth/")]
    [InlineData("hub:")]
    [InlineData("a b/c")]
    public void What_is_no_name_is_none(string text) => Assert.False(HubName.TryParse(text, out _));

    [Fact]
    public void A_snapshot_is_not_sought_outside_the_cache()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("models--a--b/refs"));
        Directory.CreateDirectory(folder.File("models--a--b/snapshots"));
        Directory.CreateDirectory(folder.File("evil"));
        File.WriteAllText(folder.File("models--a--b/refs/main"), "../../evil");
        Assert.Contains(
            "expected the hash of a commit",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => new HubCache(folder.Path).FindSnapshot(HubName.Parse("a/b")))),
            StringComparison.Ordinal);
        Assert.Null(new HubCache(folder.Path).FindSnapshot(HubName.Parse("a/c")));
    }

    private static Func<string, string?> Environment(string text)
    {
        var variables = text.Split(';')
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return name => variables.GetValueOrDefault(name);
    }
}
