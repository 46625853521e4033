declare const wss: any;
declare function verifyJWT(token: string | undefined): Promise<{ id: string }>;
// Backend
wss.on('connection', async (ws, req) => {
  const token = req.headers.authorization?.split(' ')[1]
  
  try {
    const user = await verifyJWT(token)
    ws.userId = user.id
  } catch {
    ws.close(1008, 'Unauthorized')
    return
  }
})
export {};
