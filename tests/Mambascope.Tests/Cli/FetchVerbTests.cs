using System.Text.Json;
using System.Text.Json.Nodes;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Checkpoints.Hub;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>
/// Fetch on the command line, and then the model by its name. The environment belongs to the process: these tests are its only users.
/// </summary>
public sealed class FetchVerbTests : IDisposable
{
    private readonly TemporaryFolder cache = new();
    private readonly FakeHub hub = new();
    private readonly SmallModel model = new();

    public FetchVerbTests()
    {
        Environment.SetEnvironmentVariable("HF_HUB_CACHE", cache.Path);
        Environment.SetEnvironmentVariable("HF_HOME", cache.Path);
        Environment.SetEnvironmentVariable("HF_ENDPOINT", hub.Endpoint.AbsoluteUri);
        foreach (var file in Directory.GetFiles(model.Folder))
        {
            hub.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        }
    }

    public void Dispose()
    {
        foreach (var name in (string[])["HF_HUB_CACHE", "HF_HOME", "HF_ENDPOINT", "HF_HUB_OFFLINE"])
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        hub.Dispose();
        model.Dispose();
        cache.Dispose();
    }

    [Fact]
    public void A_fetched_model_is_opened_by_its_name_offline_too()
    {
        CliRun.Of("info", FakeHub.Model).AssertFailed(2, $"model {FakeHub.Model} was not found", $"mambascope fetch {FakeHub.Model}");
        var run = CliRun.Successful("fetch", FakeHub.Model);
        Assert.Equal(Path.Combine(cache.Path, "models--owner--model", "snapshots", FakeHub.Commit), run.Out.TrimEnd());
        Assert.Contains("config.json", run.Error, StringComparison.Ordinal);

        hub.Dispose();
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");
        Assert.Contains("Vision Mamba", CliRun.Successful("info", FakeHub.Model).Out, StringComparison.Ordinal);
        CliRun.Successful("info", "hub:" + FakeHub.Model);
        Assert.Equal(run.Out, CliRun.Successful("fetch", FakeHub.Model).Out);
        CliRun.Of("fetch", "other/model").AssertFailed(2, "HF_HUB_OFFLINE");
    }

    [Fact]
    public void Json_lists_files_and_hashes()
    {
        var printed = CliRun.Successful("fetch", FakeHub.Model, "--file", "config.json", "--revision", "main", "--json").Out;
        JsonSchema.Check(JsonNode.Parse(printed)!.AsObject(), "fetch");
        using var json = JsonDocument.Parse(printed);
        Assert.Equal(FakeHub.Commit, json.RootElement.GetProperty("commit").GetString());
        var file = json.RootElement.GetProperty("files")[0];
        Assert.Equal(
            ("config.json", FakeHub.GitHash(hub.Files["config.json"]), true),
            (file.GetProperty("path").GetString(), file.GetProperty("hash").GetString(), file.GetProperty("downloaded").GetBoolean()));
        CliRun.Of("info", FakeHub.Model).AssertFailed(2, "weights are not complete", $"mambascope fetch {FakeHub.Model}");
    }

    [Fact]
    public void What_is_no_name_of_a_model_ends_with_2()
    {
        CliRun.Of("fetch", "../../etc").AssertFailed(2, "expected OWNER/NAME");
        CliRun.Of("fetch", FakeHub.Model, "--revision", "../x").AssertFailed(2, "no revision");
        CliRun.Of("fetch").AssertFailed(1, "fetch");
    }
}
