using GrainStream.Server.Options;

namespace GrainStream.Server.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Settings_are_accepted_in_both_forms() =>
        Assert.Empty(CommandLine.Check(["--GrainStream:DataDirectory=/x", "--GrainStream:Http:Listen", "off", "--Logging:LogLevel:Default=Debug"]));

    [Theory]
    [InlineData("--Kafka:Listen=127.0.0.1:1", "Did you mean --GrainStream:Kafka:Listen?")]
    [InlineData("--GrainStrem:DataDirectory=/x", "Did you mean --GrainStream:DataDirectory?")]
    [InlineData("--port=9092", "There is no such option.")]
    [InlineData("start", "It is not a setting.")]
    [InlineData("--GrainStream:DataDirectory", "Its value is missing.")]
    public void What_configuration_would_pass_over_is_refused(string argument, string says)
    {
        SettingProblem problem = Assert.Single(CommandLine.Check([argument]));
        Assert.Equal(argument, problem.Key);
        Assert.Contains(says, problem.Mend);
    }
}
