namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>A request on its way: it ends once, with an answer, or with none because the connection broke or the client gave up.</summary>
internal sealed class ChurnRequest(Action onDisconnect)
{
    public void Disconnect() => onDisconnect();
}
